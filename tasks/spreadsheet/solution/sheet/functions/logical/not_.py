"""The spreadsheet function NOT."""

from sheet.core.coerce import to_bool
from sheet.core.function import function
from sheet.core.types import Value


@function
def NOT(value: Value) -> bool:
    """Return the opposite of a truth value; numbers other than 0 count as TRUE."""
    return not to_bool(value)
