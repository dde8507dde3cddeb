"""FLAC files."""

from sniff.formats import Format, magic

FORMAT = Format(
    name="flac",
    mime="audio/flac",
    extensions=("flac",),
    signature=magic(b'fLaC'),
)
