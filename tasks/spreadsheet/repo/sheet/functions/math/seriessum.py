"""The spreadsheet function SERIESSUM."""

from sheet.core.function import function
from sheet.core.types import Argument, Value


@function
def SERIESSUM(x: Value, start: Value, step: Value, coefficients: Argument) -> float:
    """Return the sum of a power series in ``x``.

    The first coefficient is multiplied by ``x`` to the power ``start``, and each following power is larger by
    ``step``.
    """
    raise NotImplementedError
