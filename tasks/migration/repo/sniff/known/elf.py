"""ELF program files."""

from sniff.registry import add_format, read_head


def check_elf(path):
    head = read_head(path, 4)
    return int(head.startswith(b'\x7fELF'))


add_format("elf", "application/x-elf", "elf so", check_elf)
