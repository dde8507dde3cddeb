"""The spreadsheet function ISNA."""

from sheet.core.errors import NA, CellError
from sheet.core.function import error_aware
from sheet.core.types import Value


@error_aware
def ISNA(value: Value) -> bool:
    """Tell whether ``value`` is the error ``#N/A``."""
    return isinstance(value, CellError) and value.code == NA
