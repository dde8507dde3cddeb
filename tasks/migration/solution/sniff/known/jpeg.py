"""JPEG files."""

from sniff.formats import Format, magic

FORMAT = Format(
    name="jpeg",
    mime="image/jpeg",
    extensions=("jpg", "jpeg"),
    signature=magic(b'\xff\xd8\xff'),
)
