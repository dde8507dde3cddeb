"""Zip archive files."""

from sniff.formats import Format, magic

FORMAT = Format(
    name="zip",
    mime="application/zip",
    extensions=("zip",),
    signature=magic(b'PK\x03\x04') | magic(b'PK\x05\x06'),
)
