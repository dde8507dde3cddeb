"""The spreadsheet function F.DIST."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def F_DIST(x: Value, freedom1: Value, freedom2: Value, cumulative: Value) -> float:
    """Return the F distribution: its probability up to ``x``, or its density there.

    ``#NUM!`` for a negative ``x`` or fewer than 1 degree of freedom.
    """
    raise NotImplementedError
