"""bzip2 files."""

from sniff.registry import add_format, read_head


def check_bzip2(path):
    head = read_head(path, 3)
    return int(head.startswith(b'BZh'))


add_format("bzip2", "application/x-bzip2", "bz2", check_bzip2)
