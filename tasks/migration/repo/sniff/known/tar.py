"""tar archive files."""

from sniff.registry import add_format, read_head


def check_tar(path):
    head = read_head(path, 262)
    if head[257:262] == b'ustar':
        return 1
    return 0


add_format("tar", "application/x-tar", "tar", check_tar)
