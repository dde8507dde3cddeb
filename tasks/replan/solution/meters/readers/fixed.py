"""Columns of fixed width: ten digits of date and hour, eight of watt hours, a ``W``."""

import re

from meters.reading import Reading

_LINE = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{8})W")


def knows(text: str) -> bool:
    """Whether every line is one."""
    lines = text.splitlines()
    return bool(lines) and all(_LINE.fullmatch(line) for line in lines)


def read(text: str) -> list[Reading]:
    """Return the readings."""
    found = [match.groups() for line in text.splitlines() if (match := _LINE.fullmatch(line))]
    return [Reading(f"{year}-{month}-{day}T{hour}:00", int(used)) for year, month, day, hour, used in found]
