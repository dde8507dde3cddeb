"""Ogg files."""

from sniff.formats import Format, magic

FORMAT = Format(
    name="ogg",
    mime="audio/ogg",
    extensions=("ogg", "oga"),
    signature=magic(b'OggS'),
)
