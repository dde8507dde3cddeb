"""The spreadsheet function PDURATION."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def PDURATION(rate: Value, present: Value, future: Value) -> float:
    """Return how many periods money needs to grow from ``present`` to ``future``.

    ``#NUM!`` unless all are positive.
    """
    raise NotImplementedError
