"""The spreadsheet function ERF."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def ERF(low: Value, high: Value = None) -> float:
    """Return the error function at ``low``, or its growth from ``low`` to ``high``."""
    raise NotImplementedError
