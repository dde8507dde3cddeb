"""Windows bitmap files."""

from sniff.formats import Format, magic

FORMAT = Format(
    name="bmp",
    mime="image/bmp",
    extensions=("bmp",),
    signature=magic(b'BM') & magic(b'\x00\x00\x00\x00', at=6),
)
