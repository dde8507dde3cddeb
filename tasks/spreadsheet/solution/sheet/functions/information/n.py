"""The spreadsheet function N."""

from sheet.core.coerce import to_number
from sheet.core.function import function
from sheet.core.types import Value


@function
def N(value: Value) -> float:
    """Return ``value`` as a number, without ever reading text.

    Numbers stay, TRUE is 1, everything else is 0.
    """
    return to_number(value) if isinstance(value, (int, float)) else 0
