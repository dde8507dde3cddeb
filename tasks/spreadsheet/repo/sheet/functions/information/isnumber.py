"""The spreadsheet function ISNUMBER."""

from sheet.core.function import error_aware
from sheet.core.types import Value


@error_aware
def ISNUMBER(value: Value) -> bool:
    """Tell whether ``value`` is a number; text that spells one is not."""
    raise NotImplementedError
