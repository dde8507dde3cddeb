"""The spreadsheet function HLOOKUP."""

from sheet.core.function import function
from sheet.core.types import Argument, Value


@function
def HLOOKUP(wanted: Value, table: Argument, row: Value, approximate: Value = True) -> Value:
    """Return the cell of ``row`` below the heading that fits ``wanted``.

    Exactly: the first equal heading, where texts may hold wildcards. Approximately: the last heading, of
    headings in growing order, that is not above ``wanted``. ``#N/A`` when none fits; a row below 1 is
    ``#VALUE!``, one beyond the table ``#REF!``.
    """
    raise NotImplementedError
