"""All formats."""

import importlib
import pkgutil
from pathlib import Path

from sniff import known
from sniff.formats import HEAD_BYTES, Format


def known_formats() -> list[Format]:
    """Return all formats, by name."""
    return [importlib.import_module(f"sniff.known.{name}").FORMAT for name in _names()]


def mime_type(path: Path) -> str:
    """Return the MIME type of a file; ``application/octet-stream`` when nobody knows it."""
    with open(path, "rb") as file:
        head = file.read(HEAD_BYTES)
    for each in known_formats():
        if each.signature.fits(head):
            return each.mime
    return "application/octet-stream"


def _names() -> list[str]:
    return sorted(module.name for module in pkgutil.iter_modules(known.__path__))
