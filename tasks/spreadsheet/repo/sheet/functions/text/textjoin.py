"""The spreadsheet function TEXTJOIN."""

from sheet.core.function import function
from sheet.core.types import Argument, Value


@function
def TEXTJOIN(delimiter: Value, skip_blanks: Value, *values: Argument) -> str:
    """Return all the values as one text with ``delimiter`` between them.

    With ``skip_blanks``, blanks and empty texts are left out. ``#VALUE!`` beyond 32767 characters.
    """
    raise NotImplementedError
