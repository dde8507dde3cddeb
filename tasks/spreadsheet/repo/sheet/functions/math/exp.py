"""The spreadsheet function EXP."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def EXP(number: Value) -> float:
    """Return e raised to ``number``.

    ``#NUM!`` when the result is too large.
    """
    raise NotImplementedError
