"""The spreadsheet function SWITCH."""

from sheet.core.coerce import sort_key
from sheet.core.errors import CellError, na_error
from sheet.core.function import error_aware
from sheet.core.types import Argument, Value


@error_aware
def SWITCH(value: Value, *cases: Argument) -> Argument:
    """Return the result after the first case that equals ``value``.

    ``cases`` are case, result, case, result, ... and, if their number is odd, a default at the end. Texts are
    compared without case. ``#N/A`` when nothing fits and there is no default.
    """
    key = sort_key(value)
    for case, result in zip(cases[::2], cases[1::2], strict=False):
        if sort_key(case) == key:
            if isinstance(result, CellError):
                raise result
            return result
    if len(cases) % 2:
        return cases[-1]
    raise na_error("no case fits")
