"""The spreadsheet function QUARTILE."""

from sheet.core.coerce import to_integer
from sheet.core.errors import num_error
from sheet.core.function import function
from sheet.core.ranges import numbers
from sheet.core.statistics import percentile
from sheet.core.types import Argument, Value


@function
def QUARTILE(values: Argument, quarter: Value) -> float:
    """Return the smallest number, a quartile or the largest, for ``quarter`` 0 to 4; others are ``#NUM!``."""
    chosen = to_integer(quarter)
    if not 0 <= chosen <= 4:
        raise num_error("a quarter is 0 to 4")
    return percentile(numbers(values), chosen / 4)
