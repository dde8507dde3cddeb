"""The spreadsheet function ISTEXT."""

from sheet.core.function import error_aware
from sheet.core.types import Value


@error_aware
def ISTEXT(value: Value) -> bool:
    """Tell whether ``value`` is a text."""
    return isinstance(value, str)
