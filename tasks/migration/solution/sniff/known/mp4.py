"""MP4 files."""

from sniff.formats import Format, magic

FORMAT = Format(
    name="mp4",
    mime="video/mp4",
    extensions=("mp4", "m4v"),
    signature=magic(b'ftypisom', at=4) | magic(b'ftypmp42', at=4),
)
