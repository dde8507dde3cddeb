"""The spreadsheet function SMALL."""

from sheet.core.function import function
from sheet.core.types import Argument, Value


@function
def SMALL(values: Argument, position: Value) -> float:
    """Return the number that is at ``position``, counted from the smallest; ``#NUM!`` when there is none."""
    raise NotImplementedError
