"""The spreadsheet function ISNA."""

from sheet.core.function import error_aware
from sheet.core.types import Value


@error_aware
def ISNA(value: Value) -> bool:
    """Tell whether ``value`` is the error ``#N/A``."""
    raise NotImplementedError
