"""The spreadsheet function MODE.SNGL."""

from sheet.core.function import function
from sheet.core.types import Argument


@function
def MODE_SNGL(*values: Argument) -> float:
    """Return the number that occurs most often, the first of several; ``#N/A`` when all occur once."""
    raise NotImplementedError
