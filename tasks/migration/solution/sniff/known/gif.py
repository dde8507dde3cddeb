"""GIF files."""

from sniff.formats import Format, magic

FORMAT = Format(
    name="gif",
    mime="image/gif",
    extensions=("gif",),
    signature=magic(b'GIF87a') | magic(b'GIF89a'),
)
