"""The spreadsheet function XOR."""

from sheet.core.coerce import to_bool
from sheet.core.errors import value_error
from sheet.core.function import function
from sheet.core.ranges import cells, is_number
from sheet.core.types import Argument


@function
def XOR(*values: Argument) -> bool:
    """Return TRUE when an odd number of the truth values and numbers among ``values`` are true.

    Text and blanks in ranges are skipped; ``#VALUE!`` when nothing is left.
    """
    known = [to_bool(cell) for cell in cells(*values) if is_number(cell) or isinstance(cell, bool)]
    if not known:
        raise value_error("truth values are wanted")
    return sum(known) % 2 == 1
