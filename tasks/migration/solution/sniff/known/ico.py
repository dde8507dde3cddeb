"""Windows icon files."""

from sniff.formats import Format, magic

FORMAT = Format(
    name="ico",
    mime="image/vnd.microsoft.icon",
    extensions=("ico",),
    signature=magic(b'\x00\x00\x01\x00'),
)
