"""Zip archive files."""

from sniff.registry import add_format, read_head


def check_zip(path):
    head = read_head(path, 4)
    if head.startswith(b'PK\x03\x04'):
        return 1
    if head.startswith(b'PK\x05\x06'):
        return 1
    return 0


add_format("zip", "application/zip", "zip", check_zip)
