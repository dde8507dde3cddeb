"""Zstandard files."""

from sniff.registry import add_format, read_head


def check_zstd(path):
    head = read_head(path, 4)
    if head.startswith(b'(\xb5/\xfd'):
        return 1
    return 0


add_format("zstd", "application/zstd", "zst", check_zstd)
