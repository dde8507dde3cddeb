"""The spreadsheet function ERF."""

import math

from sheet.core.coerce import to_number
from sheet.core.function import function
from sheet.core.types import Value


@function
def ERF(low: Value, high: Value = None) -> float:
    """Return the error function at ``low``, or its growth from ``low`` to ``high``."""
    if high is None:
        return math.erf(to_number(low))
    return math.erf(to_number(high)) - math.erf(to_number(low))
