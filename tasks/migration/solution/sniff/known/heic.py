"""HEIC files."""

from sniff.formats import Format, magic

FORMAT = Format(
    name="heic",
    mime="image/heic",
    extensions=("heic",),
    signature=magic(b'ftypheic', at=4) | magic(b'ftypheix', at=4),
)
