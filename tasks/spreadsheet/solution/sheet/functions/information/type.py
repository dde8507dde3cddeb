"""The spreadsheet function TYPE."""

from sheet.core.errors import CellError
from sheet.core.function import error_aware
from sheet.core.types import Argument


@error_aware
def TYPE(value: Argument) -> int:
    """Return a number for the kind of ``value``.

    1 number or blank, 2 text, 4 truth value, 16 error, 64 matrix.
    """
    if isinstance(value, list):
        return 64
    if isinstance(value, CellError):
        return 16
    if isinstance(value, bool):
        return 4
    return 2 if isinstance(value, str) else 1
