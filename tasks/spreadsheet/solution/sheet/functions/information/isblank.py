"""The spreadsheet function ISBLANK."""

from sheet.core.function import error_aware
from sheet.core.types import Value


@error_aware
def ISBLANK(value: Value) -> bool:
    """Tell whether ``value`` is a blank cell; an empty text is not blank."""
    return value is None
