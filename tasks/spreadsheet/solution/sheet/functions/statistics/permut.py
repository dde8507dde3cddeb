"""The spreadsheet function PERMUT."""

import math

from sheet.core.coerce import to_integer
from sheet.core.errors import num_error
from sheet.core.function import function
from sheet.core.types import Value


@function
def PERMUT(number: Value, chosen: Value) -> int:
    """Return in how many orders ``chosen`` of ``number`` things can be laid out.

    Fractions are cut off. ``#NUM!`` when more are chosen than there are, or one is negative.
    """
    things, picked = to_integer(number), to_integer(chosen)
    if picked < 0 or things < picked:
        raise num_error("between none and all of the things can be chosen")
    return math.perm(things, picked)
