"""The spreadsheet function MAX."""

from sheet.core.function import function
from sheet.core.types import Argument


@function
def MAX(*values: Argument) -> float:
    """Return the largest number; 0 when there is none."""
    raise NotImplementedError
