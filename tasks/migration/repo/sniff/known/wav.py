"""WAVE audio files."""

from sniff.registry import add_format, read_head


def check_wav(path):
    head = read_head(path, 12)
    return int(head[:4] == b'RIFF' and head[8:12] == b'WAVE')


add_format("wav", "audio/wav", "wav", check_wav)
