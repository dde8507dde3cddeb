"""MP3 files."""

from sniff.formats import Format, magic

FORMAT = Format(
    name="mp3",
    mime="audio/mpeg",
    extensions=("mp3",),
    signature=magic(b'ID3') | magic(b'\xff\xfb'),
)
