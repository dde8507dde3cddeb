"""The spreadsheet function PHI."""

from sheet.core.coerce import to_number
from sheet.core.distributions import normal_density
from sheet.core.function import function
from sheet.core.types import Value


@function
def PHI(x: Value) -> float:
    """Return the height of the standard normal curve at ``x``."""
    return normal_density(to_number(x))
