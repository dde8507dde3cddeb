"""AIFF files."""

from sniff.formats import Format, magic

FORMAT = Format(
    name="aiff",
    mime="audio/aiff",
    extensions=("aif", "aiff"),
    signature=magic(b'FORM') & magic(b'AIFF', at=8),
)
