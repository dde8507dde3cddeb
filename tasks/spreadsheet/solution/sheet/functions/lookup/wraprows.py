"""The spreadsheet function WRAPROWS."""

from sheet.core.coerce import to_integer
from sheet.core.errors import na_error, num_error
from sheet.core.function import function
from sheet.core.ranges import vector
from sheet.core.types import Argument, Matrix, Value


@function
def WRAPROWS(values: Argument, count: Value, filling: Value = None) -> Matrix:
    """Return a row or column broken into rows of ``count`` cells.

    The rest is ``filling``, or ``#N/A`` without one. ``#NUM!`` for a count below 1, ``#VALUE!`` for a larger
    block.
    """
    line, width = vector(values), to_integer(count)
    if width < 1:
        raise num_error("a count of at least 1 is wanted")
    cell = na_error("added") if filling is None else filling
    padded = line + [cell] * (-len(line) % width)
    return [padded[start : start + width] for start in range(0, len(padded), width)]
