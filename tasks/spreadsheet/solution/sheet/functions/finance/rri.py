"""The spreadsheet function RRI."""

from sheet.core.coerce import to_number
from sheet.core.errors import num_error
from sheet.core.function import function
from sheet.core.types import Value


@function
def RRI(periods: Value, present: Value, future: Value) -> float:
    """Return the rate per period at which an investment grows from ``present`` to ``future``.

    ``#NUM!`` unless there are periods and the growth can be written as a rate.
    """
    count, start, end = to_number(periods), to_number(present), to_number(future)
    if count <= 0 or end / start < 0:
        raise num_error("there is no such growth")
    return (end / start) ** (1 / count) - 1
