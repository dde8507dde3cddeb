"""The spreadsheet function LOGNORM.DIST."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def LOGNORM_DIST(x: Value, mean_log: Value, deviation_log: Value, cumulative: Value) -> float:
    """Return the log-normal distribution: its probability up to ``x``, or its density there.

    Parameters are mean and deviation of the logarithm. ``#NUM!`` unless ``x`` and the deviation are positive.
    """
    raise NotImplementedError
