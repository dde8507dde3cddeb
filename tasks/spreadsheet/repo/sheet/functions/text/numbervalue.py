"""The spreadsheet function NUMBERVALUE."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def NUMBERVALUE(text: Value, decimal_mark: Value = ".", group_mark: Value = ",") -> float:
    """Return the number that ``text`` spells with the given marks.

    Spaces are ignored, and so are group marks before the decimal mark. Each percent sign at the end divides
    by 100. An empty text is 0. ``#VALUE!`` for anything else, such as two decimal marks.
    """
    raise NotImplementedError
