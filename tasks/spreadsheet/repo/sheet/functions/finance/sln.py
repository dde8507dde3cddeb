"""The spreadsheet function SLN."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def SLN(cost: Value, salvage: Value, life: Value) -> float:
    """Return the depreciation in each period by the straight-line method; ``#DIV/0!`` for no life."""
    raise NotImplementedError
