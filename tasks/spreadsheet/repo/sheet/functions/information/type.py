"""The spreadsheet function TYPE."""

from sheet.core.function import error_aware
from sheet.core.types import Argument


@error_aware
def TYPE(value: Argument) -> int:
    """Return a number for the kind of ``value``.

    1 number or blank, 2 text, 4 truth value, 16 error, 64 matrix.
    """
    raise NotImplementedError
