"""The spreadsheet function RRI."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def RRI(periods: Value, present: Value, future: Value) -> float:
    """Return the rate per period at which an investment grows from ``present`` to ``future``.

    ``#NUM!`` unless there are periods and the growth can be written as a rate.
    """
    raise NotImplementedError
