"""The spreadsheet function DGET."""

from sheet.core.function import function
from sheet.core.types import Argument, Value


@function
def DGET(database: Argument, field: Argument, criteria: Argument) -> Value:
    """Return the cell of a column in the one record that meets ``criteria``.

    ``#VALUE!`` when there is no such record, ``#NUM!`` when there are several.
    """
    raise NotImplementedError
