"""7z archive files."""

from sniff.registry import add_format, read_head


def check_sevenzip(path):
    head = read_head(path, 6)
    return int(head[:6] == b"7z\xbc\xaf'\x1c")


add_format("sevenzip", "application/x-7z-compressed", "7z", check_sevenzip)
