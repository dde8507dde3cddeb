"""The spreadsheet function TIME."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def TIME(hour: Value, minute: Value, second: Value) -> float:
    """Return a time of the day as a fraction of it.

    Minutes and seconds above 59 run on, and whole days are dropped. ``#NUM!`` for a negative time.
    """
    raise NotImplementedError
