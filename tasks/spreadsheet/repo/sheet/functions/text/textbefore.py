"""The spreadsheet function TEXTBEFORE."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def TEXTBEFORE(text: Value, delimiter: Value, occurrence: Value = 1) -> str:
    """Return what precedes one occurrence of ``delimiter``, counted from the end when it is negative.

    ``#N/A`` when there is no such occurrence, ``#VALUE!`` for occurrence 0 or an empty delimiter.
    """
    raise NotImplementedError
