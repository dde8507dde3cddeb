"""The spreadsheet function ATAN2."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def ATAN2(x: Value, y: Value) -> float:
    """Return the angle, in radians from -pi to pi, between the x-axis and the point (``x``, ``y``).

    The x comes first, unlike in most programming languages. ``#DIV/0!`` for the origin.
    """
    raise NotImplementedError
