"""JPEG files."""

from sniff.registry import add_format, read_head


def check_jpeg(path):
    head = read_head(path, 3)
    return int(head[:3] == b'\xff\xd8\xff')


add_format("jpeg", "image/jpeg", "jpg jpeg", check_jpeg)
