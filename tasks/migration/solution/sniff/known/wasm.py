"""WebAssembly files."""

from sniff.formats import Format, magic

FORMAT = Format(
    name="wasm",
    mime="application/wasm",
    extensions=("wasm",),
    signature=magic(b'\x00asm\x01\x00\x00\x00'),
)
