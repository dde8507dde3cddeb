"""AVI files."""

from sniff.formats import Format, magic

FORMAT = Format(
    name="avi",
    mime="video/x-msvideo",
    extensions=("avi",),
    signature=magic(b'RIFF') & magic(b'AVI ', at=8),
)
