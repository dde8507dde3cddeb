"""MIDI files."""

from sniff.formats import Format, magic

FORMAT = Format(
    name="midi",
    mime="audio/midi",
    extensions=("mid", "midi"),
    signature=magic(b'MThd'),
)
