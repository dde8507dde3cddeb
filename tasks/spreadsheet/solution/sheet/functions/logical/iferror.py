"""The spreadsheet function IFERROR."""

from sheet.core.errors import CellError
from sheet.core.function import error_aware
from sheet.core.types import Argument


@error_aware
def IFERROR(value: Argument, fallback: Argument) -> Argument:
    """Return ``value``, or ``fallback`` when it is an error; in a matrix, cell by cell."""
    if isinstance(value, list):
        return [[fallback if isinstance(cell, CellError) else cell for cell in row] for row in value]
    return fallback if isinstance(value, CellError) else value
