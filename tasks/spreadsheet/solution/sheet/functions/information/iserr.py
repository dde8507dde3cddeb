"""The spreadsheet function ISERR."""

from sheet.core.errors import NA, CellError
from sheet.core.function import error_aware
from sheet.core.types import Value


@error_aware
def ISERR(value: Value) -> bool:
    """Tell whether ``value`` is an error other than ``#N/A``."""
    return isinstance(value, CellError) and value.code != NA
