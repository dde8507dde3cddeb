"""FLAC files."""

from sniff.registry import add_format, read_head


def check_flac(path):
    head = read_head(path, 4)
    return int(head[:4] == b'fLaC')


add_format("flac", "audio/flac", "flac", check_flac)
