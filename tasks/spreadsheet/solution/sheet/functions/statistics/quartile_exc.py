"""The spreadsheet function QUARTILE.EXC."""

from sheet.core.coerce import to_integer
from sheet.core.errors import num_error
from sheet.core.function import function
from sheet.core.ranges import numbers
from sheet.core.statistics import percentile
from sheet.core.types import Argument, Value


@function
def QUARTILE_EXC(values: Argument, quarter: Value) -> float:
    """Return a quartile where the ends of the data are not 0 and 4.

    ``quarter`` is 1, 2 or 3, others are ``#NUM!``.
    """
    chosen = to_integer(quarter)
    if not 1 <= chosen <= 3:
        raise num_error("a quarter is 1, 2 or 3")
    return percentile(numbers(values), chosen / 4, exclusive=True)
