"""Photoshop files."""

from sniff.registry import add_format, read_head


def check_psd(path):
    head = read_head(path, 4)
    if head.startswith(b'8BPS'):
        return 1
    return 0


add_format("psd", "image/vnd.adobe.photoshop", "psd", check_psd)
