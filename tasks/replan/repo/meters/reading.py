"""Reads a file of readings with whichever reader knows its format: ``python3 -m meters.reading FILE...``."""

import importlib
import pkgutil
import sys
from dataclasses import dataclass
from pathlib import Path

import meters.readers


@dataclass(frozen=True)
class Reading:
    """What was used in the half day that begins at ``time`` (``2025-01-31T12:00``), in watt hours."""

    time: str
    watt_hours: int


def readings(path: Path) -> list[Reading]:
    """Return what a file holds.

    Raises:
        ValueError: no reader knows the format, or more than one does.
    """
    text = path.read_text(encoding="utf-8")
    names = sorted(module.name for module in pkgutil.iter_modules(meters.readers.__path__))
    knowing = [name for name in names if importlib.import_module(f"meters.readers.{name}").knows(text)]
    if len(knowing) != 1:
        raise ValueError(f"{path}: {', '.join(knowing) or 'no reader'} knows its format")
    return importlib.import_module(f"meters.readers.{knowing[0]}").read(text)


def main(names: list[str]) -> int:
    """Say how many readings each file holds."""
    failed = 0
    for name in names:
        try:
            print(f"{name}: {len(readings(Path(name)))} readings")
        except ValueError as error:
            failed = 1
            print(error)
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
