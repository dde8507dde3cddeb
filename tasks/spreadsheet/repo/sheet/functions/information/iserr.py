"""The spreadsheet function ISERR."""

from sheet.core.function import error_aware
from sheet.core.types import Value


@error_aware
def ISERR(value: Value) -> bool:
    """Tell whether ``value`` is an error other than ``#N/A``."""
    raise NotImplementedError
