"""Ogg files."""

from sniff.registry import add_format, read_head


def check_ogg(path):
    head = read_head(path, 4)
    return int(head.startswith(b'OggS'))


add_format("ogg", "audio/ogg", "ogg oga", check_ogg)
