"""AIFF files."""

from sniff.registry import add_format, read_head


def check_aiff(path):
    head = read_head(path, 12)
    return int(head[:4] == b'FORM' and head[8:12] == b'AIFF')


add_format("aiff", "audio/aiff", "aif aiff", check_aiff)
