"""The spreadsheet function ISLOGICAL."""

from sheet.core.function import error_aware
from sheet.core.types import Value


@error_aware
def ISLOGICAL(value: Value) -> bool:
    """Tell whether ``value`` is TRUE or FALSE."""
    raise NotImplementedError
