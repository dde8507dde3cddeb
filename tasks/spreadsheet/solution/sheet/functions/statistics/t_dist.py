"""The spreadsheet function T.DIST."""

import math

from sheet.core.coerce import to_bool, to_integer, to_number
from sheet.core.distributions import student_cumulative
from sheet.core.errors import num_error
from sheet.core.function import function
from sheet.core.types import Value


@function
def T_DIST(t: Value, freedom: Value, cumulative: Value) -> float:
    """Return Student's distribution: its probability up to ``t``, or its density there.

    ``#NUM!`` for fewer than 1 degree of freedom.
    """
    value, degrees = to_number(t), to_integer(freedom)
    if degrees < 1:
        raise num_error("the freedom is at least 1")
    if to_bool(cumulative):
        return student_cumulative(value, degrees)
    log_scale = math.lgamma((degrees + 1) / 2) - math.lgamma(degrees / 2)
    return (
        math.exp(log_scale) / math.sqrt(degrees * math.pi) * (1 + value**2 / degrees) ** (-(degrees + 1) / 2)
    )
