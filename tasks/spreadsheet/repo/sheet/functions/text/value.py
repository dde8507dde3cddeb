"""The spreadsheet function VALUE."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def VALUE(text: Value) -> float:
    """Return the number that ``text`` spells: a plain number, a percentage, a date or a time of the day.

    Dates look like ``2024-02-29``, times like ``18:30`` or ``18:30:15``. Other text and truth values are
    ``#VALUE!``.
    """
    raise NotImplementedError
