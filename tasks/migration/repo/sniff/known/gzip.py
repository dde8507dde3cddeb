"""gzip files."""

from sniff.registry import add_format, read_head


def check_gzip(path):
    head = read_head(path, 3)
    return int(head[:3] == b'\x1f\x8b\x08')


add_format("gzip", "application/gzip", "gz tgz", check_gzip)
