"""Windows bitmap files."""

from sniff.registry import add_format, read_head


def check_bmp(path):
    head = read_head(path, 10)
    return int(head.startswith(b'BM') and head[6:10] == b'\x00\x00\x00\x00')


add_format("bmp", "image/bmp", "bmp", check_bmp)
