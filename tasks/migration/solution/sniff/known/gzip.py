"""gzip files."""

from sniff.formats import Format, magic

FORMAT = Format(
    name="gzip",
    mime="application/gzip",
    extensions=("gz", "tgz"),
    signature=magic(b'\x1f\x8b\x08'),
)
