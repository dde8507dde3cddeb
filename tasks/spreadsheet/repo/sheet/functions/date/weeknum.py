"""The spreadsheet function WEEKNUM."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def WEEKNUM(serial: Value, kind: Value = 1) -> int:
    """Return the number of the week in the year, where week 1 holds 1 January.

    ``kind``: 1 or 17 weeks begin on Sunday, 2 or 11 on Monday, 12 to 16 on Tuesday to Saturday, 21 counts by
    ISO 8601. Others are ``#NUM!``.
    """
    raise NotImplementedError
