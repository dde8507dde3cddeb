"""The spreadsheet function CSC."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def CSC(angle: Value) -> float:
    """Return the cosecant of ``angle``, given in radians: one over its sine.

    ``#DIV/0!`` at 0.
    """
    raise NotImplementedError
