"""The spreadsheet function COUNT."""

from sheet.core.coerce import parse_number
from sheet.core.function import error_aware
from sheet.core.ranges import cells, is_number
from sheet.core.types import Argument


def _counts(value: Argument) -> int:
    if isinstance(value, str):
        return int(parse_number(value) is not None)
    if isinstance(value, list):
        return sum(1 for cell in cells(value) if is_number(cell))
    return int(isinstance(value, (int, float)))


@error_aware
def COUNT(*values: Argument) -> int:
    """Return how many numbers there are; direct texts that spell numbers count, errors do not."""
    return sum(map(_counts, values))
