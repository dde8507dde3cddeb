"""xz files."""

from sniff.formats import Format, magic

FORMAT = Format(
    name="xz",
    mime="application/x-xz",
    extensions=("xz",),
    signature=magic(b'\xfd7zXZ\x00'),
)
