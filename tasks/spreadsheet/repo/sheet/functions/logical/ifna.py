"""The spreadsheet function IFNA."""

from sheet.core.function import error_aware
from sheet.core.types import Argument


@error_aware
def IFNA(value: Argument, fallback: Argument) -> Argument:
    """Return ``value``, or ``fallback`` when it is ``#N/A``; any other error stays."""
    raise NotImplementedError
