"""The spreadsheet function LARGE."""

from sheet.core.function import function
from sheet.core.types import Argument, Value


@function
def LARGE(values: Argument, position: Value) -> float:
    """Return the number that is at ``position``, counted from the largest; ``#NUM!`` when there is none."""
    raise NotImplementedError
