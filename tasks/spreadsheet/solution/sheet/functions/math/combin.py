"""The spreadsheet function COMBIN."""

import math

from sheet.core.coerce import to_integer
from sheet.core.errors import num_error
from sheet.core.function import function
from sheet.core.types import Value


@function
def COMBIN(number: Value, chosen: Value) -> int:
    """Return in how many ways ``chosen`` of ``number`` things can be picked, without regard to order.

    Fractions are cut off. ``#NUM!`` when either is negative or more are chosen than there are.
    """
    things, picked = to_integer(number), to_integer(chosen)
    if picked < 0 or things < picked:
        raise num_error("between none and all of the things can be chosen")
    return math.comb(things, picked)
