"""WebP files."""

from sniff.formats import Format, magic

FORMAT = Format(
    name="webp",
    mime="image/webp",
    extensions=("webp",),
    signature=magic(b'RIFF') & magic(b'WEBP', at=8),
)
