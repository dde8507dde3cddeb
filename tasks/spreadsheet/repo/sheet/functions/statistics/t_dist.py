"""The spreadsheet function T.DIST."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def T_DIST(t: Value, freedom: Value, cumulative: Value) -> float:
    """Return Student's distribution: its probability up to ``t``, or its density there.

    ``#NUM!`` for fewer than 1 degree of freedom.
    """
    raise NotImplementedError
