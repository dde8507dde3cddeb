"""Matroska files."""

from sniff.formats import Format, magic

FORMAT = Format(
    name="matroska",
    mime="video/x-matroska",
    extensions=("mkv",),
    signature=magic(b'\x1aE\xdf\xa3'),
)
