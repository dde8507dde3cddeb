"""bzip2 files."""

from sniff.formats import Format, magic

FORMAT = Format(
    name="bzip2",
    mime="application/x-bzip2",
    extensions=("bz2",),
    signature=magic(b'BZh'),
)
