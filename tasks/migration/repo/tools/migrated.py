"""Says whether modules use the new interface only: ``python3 -m tools.migrated [NAME...]``, all without a name."""

import importlib
import sys
from pathlib import Path

from sniff.formats import Format

KNOWN = Path("sniff/known")
OLD = ("add_format", "read_head")


def fault(name: str) -> str:
    """Return what is still to be done in a module, or an empty string."""
    text = (KNOWN / f"{name}.py").read_text(encoding="utf-8")
    left = [old for old in OLD if old in text]
    if left:
        return f"it uses {' and '.join(left)}"
    found = getattr(importlib.import_module(f"sniff.known.{name}"), "FORMAT", None)
    if not isinstance(found, Format) or found.name != name:
        return f"FORMAT is not a Format named {name!r}"
    head = b"".join(_filled(found.signature.alternatives[0]))
    return "" if found.signature.fits(head) else "its signature fits nothing"


def _filled(parts: tuple[tuple[int, bytes], ...]) -> list[bytes]:
    head = bytearray(max(at + len(text) for at, text in parts))
    for at, text in parts:
        head[at : at + len(text)] = text
    return [bytes(head)]


def main(names: list[str]) -> int:
    """Look at the modules that are named, or at all of them and the registry."""
    modules = names or sorted(path.stem for path in KNOWN.glob("*.py") if path.stem != "__init__")
    faults = {name: found for name in modules if (found := fault(name))}
    if not names and any(old in Path("sniff/registry.py").read_text(encoding="utf-8") for old in OLD):
        faults["sniff/registry.py"] = "it still has the old interface"
    for name, found in faults.items():
        print(f"{name}: {found}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
