"""The spreadsheet function SUMPRODUCT."""

import math

from sheet.core.errors import value_error
from sheet.core.function import function
from sheet.core.ranges import as_matrix, cells, is_number, numbers, shape
from sheet.core.types import Argument


@function
def SUMPRODUCT(*ranges: Argument) -> float:
    """Return the sum of the products of the cells at the same position of all ranges.

    Cells that are no numbers count as 0. Ranges of different shapes are ``#VALUE!``.
    """
    if len({shape(as_matrix(argument)) for argument in ranges}) > 1:
        raise value_error("the ranges must have the same shape")
    rows = zip(*(cells(argument) for argument in ranges), strict=True)
    return math.fsum(math.prod(numbers([list(row)])) for row in rows if all(map(is_number, row)))
