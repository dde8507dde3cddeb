"""MP3 files."""

from sniff.registry import add_format, read_head


def check_mp3(path):
    head = read_head(path, 3)
    return int(head[:3] == b'ID3' or head[:2] == b'\xff\xfb')


add_format("mp3", "audio/mpeg", "mp3", check_mp3)
