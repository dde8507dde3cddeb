"""The spreadsheet function SEARCH."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def SEARCH(wanted: Value, text: Value, start: Value = 1) -> int:
    """Return the position, from 1, at which ``wanted`` occurs in ``text``, without regard to case.

    ``wanted`` may hold wildcards. ``#VALUE!`` when it does not occur or ``start`` is outside of the text.
    """
    raise NotImplementedError
