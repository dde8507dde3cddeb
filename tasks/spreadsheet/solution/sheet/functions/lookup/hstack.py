"""The spreadsheet function HSTACK."""

import itertools

from sheet.core.errors import na_error
from sheet.core.function import function
from sheet.core.ranges import as_matrix
from sheet.core.types import Argument, Matrix


@function
def HSTACK(*blocks: Argument) -> Matrix:
    """Return the blocks side by side; missing cells of lower blocks are ``#N/A``."""
    matrices = [as_matrix(block) for block in blocks]
    height = max(map(len, matrices))
    padded = [matrix + [[na_error()] * len(matrix[0])] * (height - len(matrix)) for matrix in matrices]
    return [list(itertools.chain.from_iterable(rows)) for rows in zip(*padded, strict=True)]
