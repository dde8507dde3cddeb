"""The spreadsheet function COT."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def COT(angle: Value) -> float:
    """Return the cotangent of ``angle``, given in radians.

    ``#DIV/0!`` at 0.
    """
    raise NotImplementedError
