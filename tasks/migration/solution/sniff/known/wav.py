"""WAVE audio files."""

from sniff.formats import Format, magic

FORMAT = Format(
    name="wav",
    mime="audio/wav",
    extensions=("wav",),
    signature=magic(b'RIFF') & magic(b'WAVE', at=8),
)
