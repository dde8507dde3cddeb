"""The spreadsheet function NPER."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def NPER(rate: Value, payment: Value, present: Value, future: Value = 0, due: Value = 0) -> float:
    """Return how many periods constant payments take to turn ``present`` into ``-future``.

    ``#NUM!`` when they never do.
    """
    raise NotImplementedError
