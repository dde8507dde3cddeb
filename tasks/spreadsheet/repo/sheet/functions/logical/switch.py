"""The spreadsheet function SWITCH."""

from sheet.core.function import error_aware
from sheet.core.types import Argument, Value


@error_aware
def SWITCH(value: Value, *cases: Argument) -> Argument:
    """Return the result after the first case that equals ``value``.

    ``cases`` are case, result, case, result, ... and, if their number is odd, a default at the end. Texts are
    compared without case. ``#N/A`` when nothing fits and there is no default.
    """
    raise NotImplementedError
