"""The spreadsheet function XOR."""

from sheet.core.function import function
from sheet.core.types import Argument


@function
def XOR(*values: Argument) -> bool:
    """Return TRUE when an odd number of the truth values and numbers among ``values`` are true.

    Text and blanks in ranges are skipped; ``#VALUE!`` when nothing is left.
    """
    raise NotImplementedError
