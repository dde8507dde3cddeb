"""The spreadsheet function ERROR.TYPE."""

from sheet.core.errors import DIV, NA, NAME, NUM, REF, VALUE, CellError, na_error
from sheet.core.function import error_aware
from sheet.core.types import Value

_NUMBERS = {DIV: 2, VALUE: 3, REF: 4, NAME: 5, NUM: 6, NA: 7}


@error_aware
def ERROR_TYPE(value: Value) -> int:
    """Return a number for an error.

    2 ``#DIV/0!``, 3 ``#VALUE!``, 4 ``#REF!``, 5 ``#NAME?``, 6 ``#NUM!``, 7 ``#N/A``. ``#N/A`` for what is no
    error or an error without a number.
    """
    if not isinstance(value, CellError) or value.code not in _NUMBERS:
        raise na_error("that is not a known error")
    return _NUMBERS[value.code]
