"""WebP files."""

from sniff.registry import add_format, read_head


def check_webp(path):
    head = read_head(path, 12)
    return int(head[:4] == b'RIFF' and head[8:12] == b'WEBP')


add_format("webp", "image/webp", "webp", check_webp)
