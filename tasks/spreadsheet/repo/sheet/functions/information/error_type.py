"""The spreadsheet function ERROR.TYPE."""

from sheet.core.function import error_aware
from sheet.core.types import Value


@error_aware
def ERROR_TYPE(value: Value) -> int:
    """Return a number for an error.

    2 ``#DIV/0!``, 3 ``#VALUE!``, 4 ``#REF!``, 5 ``#NAME?``, 6 ``#NUM!``, 7 ``#N/A``. ``#N/A`` for what is no
    error or an error without a number.
    """
    raise NotImplementedError
