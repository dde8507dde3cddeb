"""The spreadsheet function MOD."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def MOD(number: Value, divisor: Value) -> float:
    """Return the rest of dividing ``number`` by ``divisor``, with the sign of ``divisor``.

    ``#DIV/0!`` for a divisor of 0.
    """
    raise NotImplementedError
