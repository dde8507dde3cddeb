"""Flash video files."""

from sniff.registry import add_format, read_head


def check_flv(path):
    head = read_head(path, 4)
    return int(head[:4] == b'FLV\x01')


add_format("flv", "video/x-flv", "flv", check_flv)
