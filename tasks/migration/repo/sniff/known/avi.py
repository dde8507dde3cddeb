"""AVI files."""

from sniff.registry import add_format, read_head


def check_avi(path):
    head = read_head(path, 12)
    return int(head[:4] == b'RIFF' and head[8:12] == b'AVI ')


add_format("avi", "video/x-msvideo", "avi", check_avi)
