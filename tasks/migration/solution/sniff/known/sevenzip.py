"""7z archive files."""

from sniff.formats import Format, magic

FORMAT = Format(
    name="sevenzip",
    mime="application/x-7z-compressed",
    extensions=("7z",),
    signature=magic(b"7z\xbc\xaf'\x1c"),
)
