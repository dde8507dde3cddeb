"""Windows icon files."""

from sniff.registry import add_format, read_head


def check_ico(path):
    head = read_head(path, 4)
    if head.startswith(b'\x00\x00\x01\x00'):
        return 1
    return 0


add_format("ico", "image/vnd.microsoft.icon", "ico", check_ico)
