"""The spreadsheet function SUBTOTAL."""

from sheet.core.function import function
from sheet.core.types import Argument, Value


@function
def SUBTOTAL(operation: Value, *ranges: Argument) -> float:
    """Return one of several summaries of the numbers in ``ranges``, chosen by the number ``operation``.

    1 average, 2 count of numbers, 3 count of filled cells, 4 maximum, 5 minimum, 6 product, 9 sum. Another
    operation is ``#VALUE!``; an average of nothing is ``#DIV/0!``, other summaries of nothing are 0.
    """
    raise NotImplementedError
