"""The spreadsheet function CONCAT."""

from sheet.core.coerce import to_text
from sheet.core.errors import value_error
from sheet.core.function import function
from sheet.core.ranges import cells
from sheet.core.types import Argument


@function
def CONCAT(*values: Argument) -> str:
    """Return all the values as one text, ranges row by row; ``#VALUE!`` beyond 32767 characters."""
    joined = "".join(to_text(cell) for cell in cells(*values))
    if len(joined) > 32767:
        raise value_error("the text is too long for a cell")
    return joined
