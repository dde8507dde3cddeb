"""HEIC files."""

from sniff.registry import add_format, read_head


def check_heic(path):
    head = read_head(path, 12)
    return int(head[4:12] == b'ftypheic' or head[4:12] == b'ftypheix')


add_format("heic", "image/heic", "heic", check_heic)
