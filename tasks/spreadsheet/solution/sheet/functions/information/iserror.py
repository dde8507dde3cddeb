"""The spreadsheet function ISERROR."""

from sheet.core.errors import CellError
from sheet.core.function import error_aware
from sheet.core.types import Value


@error_aware
def ISERROR(value: Value) -> bool:
    """Tell whether ``value`` is an error of any kind."""
    return isinstance(value, CellError)
