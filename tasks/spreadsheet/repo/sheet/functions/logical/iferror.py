"""The spreadsheet function IFERROR."""

from sheet.core.function import error_aware
from sheet.core.types import Argument


@error_aware
def IFERROR(value: Argument, fallback: Argument) -> Argument:
    """Return ``value``, or ``fallback`` when it is an error; in a matrix, cell by cell."""
    raise NotImplementedError
