"""All formats. The functions below the line are the old interface; MIGRATION.md says what becomes of them."""

import importlib
import pkgutil
from pathlib import Path

from sniff import known
from sniff.formats import HEAD_BYTES, Format

_old_formats = {}


def known_formats() -> list[Format]:
    """Return the formats that use the new interface, by name."""
    modules = [importlib.import_module(f"sniff.known.{name}") for name in _names()]
    return [module.FORMAT for module in modules if hasattr(module, "FORMAT")]


def mime_type(path: Path) -> str:
    """Return the MIME type of a file; ``application/octet-stream`` when nobody knows it."""
    with open(path, "rb") as file:
        head = file.read(HEAD_BYTES)
    for each in known_formats():
        if each.signature.fits(head):
            return each.mime
    for name in sorted(_old_formats):
        mime, _, check = _old_formats[name]
        if check(path):
            return mime
    return "application/octet-stream"


def _names() -> list[str]:
    return sorted(module.name for module in pkgutil.iter_modules(known.__path__))


# ---------------------------------------------------------------------------------------------------------------------


def add_format(name, mime, extensions, check):
    """Deprecated: register a format by a function that gets a path and returns 1 or 0."""
    _old_formats[name] = (mime, extensions.split(), check)


def read_head(path, size):
    """Deprecated: open a file once more and return its first bytes."""
    with open(path, "rb") as file:
        return file.read(size)
