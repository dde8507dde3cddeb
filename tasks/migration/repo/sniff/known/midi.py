"""MIDI files."""

from sniff.registry import add_format, read_head


def check_midi(path):
    head = read_head(path, 4)
    return int(head.startswith(b'MThd'))


add_format("midi", "audio/midi", "mid midi", check_midi)
