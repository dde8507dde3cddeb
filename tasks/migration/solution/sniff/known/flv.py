"""Flash video files."""

from sniff.formats import Format, magic

FORMAT = Format(
    name="flv",
    mime="video/x-flv",
    extensions=("flv",),
    signature=magic(b'FLV\x01'),
)
