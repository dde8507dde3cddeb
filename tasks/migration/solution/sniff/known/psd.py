"""Photoshop files."""

from sniff.formats import Format, magic

FORMAT = Format(
    name="psd",
    mime="image/vnd.adobe.photoshop",
    extensions=("psd",),
    signature=magic(b'8BPS'),
)
