"""Files of each format that the result has not seen, and texts that no reader may take."""

import sys
import tempfile
from pathlib import Path

from meters.reading import Reading, readings

FILES = {
    "time,kwh\n2024-02-29T12:00,0.001\n2024-03-01T00:00,12.345\n": [
        Reading("2024-02-29T12:00", 1),
        Reading("2024-03-01T00:00", 12345),
    ],
    "202412311200000007W\n202501010012345678W\n": [
        Reading("2024-12-31T12:00", 7),
        Reading("2025-01-01T00:00", 12345678),
    ],
    "Zeit;kWh\n31.12.2024 12:00;1,005\n01.01.2025 00:00;0,29\n": [
        Reading("2024-12-31T12:00", 1005),
        Reading("2025-01-01T00:00", 290),
    ],
    "time,kwh\n": [],
    "hello\n": None,
    "": None,
}


def found(text: str) -> list[Reading] | None:
    """Return what a file with this text is read as; ``None`` when nobody knows it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "site"
        path.write_text(text, encoding="utf-8")
        try:
            return readings(path)
        except ValueError:
            return None


wrong = [f"{text!r} is read as {found(text)}" for text, expected in FILES.items() if found(text) != expected]
print("\n".join(wrong) if wrong else "every format is read")
sys.exit(1 if wrong else 0)
