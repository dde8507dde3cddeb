"""The spreadsheet function PERMUTATIONA."""

from sheet.core.coerce import to_integer
from sheet.core.errors import num_error
from sheet.core.function import function
from sheet.core.types import Value


@function
def PERMUTATIONA(number: Value, chosen: Value) -> int:
    """Return in how many orders ``chosen`` things of ``number`` kinds, which may repeat, can be laid out."""
    kinds, picked = to_integer(number), to_integer(chosen)
    if kinds < 0 or picked < 0:
        raise num_error("counts of at least 0 are wanted")
    return kinds**picked
