"""The spreadsheet function UNIQUE."""

import collections

from sheet.core.coerce import sort_key, to_bool
from sheet.core.errors import na_error
from sheet.core.function import function
from sheet.core.ranges import as_matrix
from sheet.core.types import Argument, Matrix, Value


@function
def UNIQUE(block: Argument, by_column: Value = False, only_once: Value = False) -> Matrix:
    """Return the different rows (or columns) in order of appearance, or only those that appear once.

    Texts are compared without case. ``#N/A`` when nothing is left.
    """
    matrix = as_matrix(block)
    upright = not to_bool(by_column)
    lines = matrix if upright else [list(column) for column in zip(*matrix, strict=True)]
    keys = [tuple(map(sort_key, line)) for line in lines]
    counts = collections.Counter(keys)
    first = {key: line for key, line in zip(reversed(keys), reversed(lines), strict=True)}
    kept = [first[key] for key in counts if counts[key] == 1 or not to_bool(only_once)]
    if not kept:
        raise na_error("nothing appears only once")
    return kept if upright else [list(row) for row in zip(*kept, strict=True)]
