"""The spreadsheet function DGET."""

from sheet.core.errors import num_error, value_error
from sheet.core.function import function
from sheet.core.records import selected_values
from sheet.core.types import Argument, Value


@function
def DGET(database: Argument, field: Argument, criteria: Argument) -> Value:
    """Return the cell of a column in the one record that meets ``criteria``.

    ``#VALUE!`` when there is no such record, ``#NUM!`` when there are several.
    """
    found = selected_values(database, field, criteria)
    if not found:
        raise value_error("no record meets the criteria")
    if len(found) > 1:
        raise num_error("several records meet the criteria")
    return found[0]
