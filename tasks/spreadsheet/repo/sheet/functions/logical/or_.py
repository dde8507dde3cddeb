"""The spreadsheet function OR."""

from sheet.core.function import function
from sheet.core.types import Argument


@function
def OR(*values: Argument) -> bool:
    """Return TRUE when at least one truth value or number among ``values`` is true.

    Text and blanks in ranges are skipped; ``#VALUE!`` when nothing is left or text is given directly.
    """
    raise NotImplementedError
