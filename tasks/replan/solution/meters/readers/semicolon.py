"""German CSV: semicolons, dates as ``31.01.2025 12:00``, decimal commas."""

from decimal import Decimal

from meters.reading import Reading


def knows(text: str) -> bool:
    """Whether the first line says so."""
    return text.startswith("Zeit;kWh\n")


def read(text: str) -> list[Reading]:
    """Return the readings."""
    readings = []
    for line in text.splitlines()[1:]:
        moment, used = line.split(";")
        day, month, year = moment[:10].split(".")
        readings.append(Reading(f"{year}-{month}-{day}T{moment[11:]}", int(Decimal(used.replace(",", ".")) * 1000)))
    return readings
