"""xz files."""

from sniff.registry import add_format, read_head


def check_xz(path):
    head = read_head(path, 6)
    return int(head[:6] == b'\xfd7zXZ\x00')


add_format("xz", "application/x-xz", "xz", check_xz)
