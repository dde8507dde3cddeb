"""The spreadsheet function OR."""

from sheet.core.coerce import to_bool
from sheet.core.errors import value_error
from sheet.core.function import function
from sheet.core.ranges import cells, is_number
from sheet.core.types import Argument


@function
def OR(*values: Argument) -> bool:
    """Return TRUE when at least one truth value or number among ``values`` is true.

    Text and blanks in ranges are skipped; ``#VALUE!`` when nothing is left or text is given directly.
    """
    known = [to_bool(cell) for cell in cells(*values) if is_number(cell) or isinstance(cell, bool)]
    if not known or any(isinstance(value, str) for value in values):
        raise value_error("truth values are wanted")
    return any(known)
