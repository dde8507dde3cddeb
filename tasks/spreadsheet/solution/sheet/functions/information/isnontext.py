"""The spreadsheet function ISNONTEXT."""

from sheet.core.function import error_aware
from sheet.core.types import Value


@error_aware
def ISNONTEXT(value: Value) -> bool:
    """Tell whether ``value`` is anything but a text; blanks and errors are no texts."""
    return not isinstance(value, str)
