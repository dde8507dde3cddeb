"""The spreadsheet function TEXTAFTER."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def TEXTAFTER(text: Value, delimiter: Value, occurrence: Value = 1) -> str:
    """Return what follows one occurrence of ``delimiter``, counted from the end when it is negative.

    ``#N/A`` when there is no such occurrence, ``#VALUE!`` for occurrence 0 or an empty delimiter.
    """
    raise NotImplementedError
