"""The spreadsheet function VSTACK."""

from sheet.core.errors import na_error
from sheet.core.function import function
from sheet.core.ranges import as_matrix
from sheet.core.types import Argument, Matrix


@function
def VSTACK(*blocks: Argument) -> Matrix:
    """Return the blocks below one another; missing cells of narrower blocks are ``#N/A``."""
    rows = [row for block in blocks for row in as_matrix(block)]
    width = max(map(len, rows))
    return [row + [na_error()] * (width - len(row)) for row in rows]
