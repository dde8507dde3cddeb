"""MP4 files."""

from sniff.registry import add_format, read_head


def check_mp4(path):
    head = read_head(path, 12)
    if head[4:12] == b'ftypisom':
        return 1
    if head[4:12] == b'ftypmp42':
        return 1
    return 0


add_format("mp4", "video/mp4", "mp4 m4v", check_mp4)
