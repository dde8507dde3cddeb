"""PNG files."""

from sniff.registry import add_format, read_head


def check_png(path):
    head = read_head(path, 8)
    return int(head.startswith(b'\x89PNG\r\n\x1a\n'))


add_format("png", "image/png", "png", check_png)
