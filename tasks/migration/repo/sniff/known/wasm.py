"""WebAssembly files."""

from sniff.registry import add_format, read_head


def check_wasm(path):
    head = read_head(path, 8)
    return int(head[:8] == b'\x00asm\x01\x00\x00\x00')


add_format("wasm", "application/wasm", "wasm", check_wasm)
