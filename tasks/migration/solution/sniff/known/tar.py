"""tar archive files."""

from sniff.formats import Format, magic

FORMAT = Format(
    name="tar",
    mime="application/x-tar",
    extensions=("tar",),
    signature=magic(b'ustar', at=257),
)
