"""PNG files."""

from sniff.formats import Format, magic

FORMAT = Format(
    name="png",
    mime="image/png",
    extensions=("png",),
    signature=magic(b'\x89PNG\r\n\x1a\n'),
)
