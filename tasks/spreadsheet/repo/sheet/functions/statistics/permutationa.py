"""The spreadsheet function PERMUTATIONA."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def PERMUTATIONA(number: Value, chosen: Value) -> int:
    """Return in how many orders ``chosen`` things of ``number`` kinds, which may repeat, can be laid out."""
    raise NotImplementedError
