"""Matroska files."""

from sniff.registry import add_format, read_head


def check_matroska(path):
    head = read_head(path, 4)
    return int(head[:4] == b'\x1aE\xdf\xa3')


add_format("matroska", "video/x-matroska", "mkv", check_matroska)
