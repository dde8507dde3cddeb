"""ELF program files."""

from sniff.formats import Format, magic

FORMAT = Format(
    name="elf",
    mime="application/x-elf",
    extensions=("elf", "so"),
    signature=magic(b'\x7fELF'),
)
