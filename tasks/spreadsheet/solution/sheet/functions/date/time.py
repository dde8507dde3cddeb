"""The spreadsheet function TIME."""

from sheet.core.coerce import to_integer
from sheet.core.errors import num_error
from sheet.core.function import function
from sheet.core.types import Value


@function
def TIME(hour: Value, minute: Value, second: Value) -> float:
    """Return a time of the day as a fraction of it.

    Minutes and seconds above 59 run on, and whole days are dropped. ``#NUM!`` for a negative time.
    """
    seconds = to_integer(hour) * 3600 + to_integer(minute) * 60 + to_integer(second)
    if seconds < 0:
        raise num_error("a time cannot be negative")
    return seconds % 86400 / 86400
