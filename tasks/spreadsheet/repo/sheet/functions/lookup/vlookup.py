"""The spreadsheet function VLOOKUP."""

from sheet.core.function import function
from sheet.core.types import Argument, Value


@function
def VLOOKUP(wanted: Value, table: Argument, column: Value, approximate: Value = True) -> Value:
    """Return the cell of ``column`` in the row whose first cell fits ``wanted``.

    Exactly: the first equal cell, where texts may hold wildcards. Approximately: the last cell, of cells in
    growing order, that is not above ``wanted``. ``#N/A`` when none fits; a column below 1 is ``#VALUE!``, one
    beyond the table ``#REF!``.
    """
    raise NotImplementedError
