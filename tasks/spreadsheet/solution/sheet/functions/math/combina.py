"""The spreadsheet function COMBINA."""

import math

from sheet.core.coerce import to_integer
from sheet.core.errors import num_error
from sheet.core.function import function
from sheet.core.types import Value


@function
def COMBINA(number: Value, chosen: Value) -> int:
    """Return in how many ways ``chosen`` things of ``number`` kinds can be picked when kinds may repeat.

    Fractions are cut off. ``#NUM!`` when either is negative, or when there is no kind but something is
    chosen.
    """
    kinds, picked = to_integer(number), to_integer(chosen)
    if kinds < 0 or picked < 0 or (kinds == 0 and picked > 0):
        raise num_error("there is nothing to choose from")
    return math.comb(kinds + picked - 1, picked) if picked else 1
