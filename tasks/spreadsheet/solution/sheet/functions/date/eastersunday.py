"""The spreadsheet function EASTERSUNDAY."""

import datetime

from sheet.core.coerce import to_integer
from sheet.core.dates import to_serial
from sheet.core.errors import num_error
from sheet.core.function import function
from sheet.core.types import Value


@function
def EASTERSUNDAY(year: Value) -> int:
    """Return the serial number of Easter Sunday of a year from 1900 to 9999; others are ``#NUM!``.

    Easter is the first Sunday after the first full moon of spring as the Gregorian church calendar reckons
    it.
    """
    number = to_integer(year)
    if not 1900 <= number <= 9999:
        raise num_error("the year is out of range")
    century = number // 100
    corrections = century - century // 4 - (8 * century + 13) // 25 + 15
    moon = (19 * (number % 19) + corrections) % 30
    moon -= (moon == 29) + (moon == 28 and number % 19 > 10)
    full_moon = datetime.date(number, 3, 21) + datetime.timedelta(days=moon)
    return to_serial(full_moon) + 7 - full_moon.isoweekday() % 7
