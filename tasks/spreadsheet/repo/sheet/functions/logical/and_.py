"""The spreadsheet function AND."""

from sheet.core.function import function
from sheet.core.types import Argument


@function
def AND(*values: Argument) -> bool:
    """Return TRUE when every truth value and number among ``values`` is true.

    Text and blanks in ranges are skipped; ``#VALUE!`` when nothing is left or text is given directly.
    """
    raise NotImplementedError
