"""The spreadsheet function FIND."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def FIND(wanted: Value, text: Value, start: Value = 1) -> int:
    """Return the position, from 1, at which ``wanted`` occurs in ``text``, with regard to case.

    The search begins at position ``start``. ``#VALUE!`` when it does not occur or ``start`` is outside of the
    text.
    """
    raise NotImplementedError
