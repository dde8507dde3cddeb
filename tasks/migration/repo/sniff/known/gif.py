"""GIF files."""

from sniff.registry import add_format, read_head


def check_gif(path):
    head = read_head(path, 6)
    return int(head[:6] == b'GIF87a' or head[:6] == b'GIF89a')


add_format("gif", "image/gif", "gif", check_gif)
