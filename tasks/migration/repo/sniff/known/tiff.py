"""TIFF files."""

from sniff.registry import add_format, read_head


def check_tiff(path):
    head = read_head(path, 4)
    return int(head.startswith(b'II*\x00') or head.startswith(b'MM\x00*'))


add_format("tiff", "image/tiff", "tif tiff", check_tiff)
