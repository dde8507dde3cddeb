"""TIFF files."""

from sniff.formats import Format, magic

FORMAT = Format(
    name="tiff",
    mime="image/tiff",
    extensions=("tif", "tiff"),
    signature=magic(b'II*\x00') | magic(b'MM\x00*'),
)
