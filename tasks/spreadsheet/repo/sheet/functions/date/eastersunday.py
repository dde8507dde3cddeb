"""The spreadsheet function EASTERSUNDAY."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def EASTERSUNDAY(year: Value) -> int:
    """Return the serial number of Easter Sunday of a year from 1900 to 9999; others are ``#NUM!``.

    Easter is the first Sunday after the first full moon of spring as the Gregorian church calendar reckons
    it.
    """
    raise NotImplementedError
