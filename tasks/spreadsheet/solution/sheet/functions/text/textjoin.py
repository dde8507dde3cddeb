"""The spreadsheet function TEXTJOIN."""

from sheet.core.coerce import to_bool, to_text
from sheet.core.errors import value_error
from sheet.core.function import function
from sheet.core.ranges import cells
from sheet.core.types import Argument, Value


@function
def TEXTJOIN(delimiter: Value, skip_blanks: Value, *values: Argument) -> str:
    """Return all the values as one text with ``delimiter`` between them.

    With ``skip_blanks``, blanks and empty texts are left out. ``#VALUE!`` beyond 32767 characters.
    """
    parts = [to_text(cell) for cell in cells(*values)]
    if to_bool(skip_blanks):
        parts = [part for part in parts if part]
    joined = to_text(delimiter).join(parts)
    if len(joined) > 32767:
        raise value_error("the text is too long for a cell")
    return joined
