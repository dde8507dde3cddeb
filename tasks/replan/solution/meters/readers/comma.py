"""CSV with the columns ``time`` and ``kwh``."""

import csv
import io
from decimal import Decimal

from meters.reading import Reading


def knows(text: str) -> bool:
    """Whether the first line says so."""
    return text.startswith("time,kwh\n")


def read(text: str) -> list[Reading]:
    """Return the readings."""
    rows = csv.DictReader(io.StringIO(text))
    return [Reading(row["time"], int(Decimal(row["kwh"]) * 1000)) for row in rows]
