"""The spreadsheet function TIMEVALUE."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def TIMEVALUE(text: Value) -> float:
    """Return the time of the day that ``text`` spells.

    It looks like ``18:30`` or ``6:30:15 PM``, and a date may stand before it. Text of another form is
    ``#VALUE!``.
    """
    raise NotImplementedError
