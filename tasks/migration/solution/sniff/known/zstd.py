"""Zstandard files."""

from sniff.formats import Format, magic

FORMAT = Format(
    name="zstd",
    mime="application/zstd",
    extensions=("zst",),
    signature=magic(b'(\xb5/\xfd'),
)
