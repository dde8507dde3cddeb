"""The spreadsheet function COUNTIFS."""

from sheet.core.function import function
from sheet.core.types import Argument


@function
def COUNTIFS(*ranges_and_criteria: Argument) -> int:
    """Return at how many positions every range meets its criterion.

    Arguments are range, criterion, range, criterion, ...; ``#VALUE!`` when sizes differ or a criterion is
    missing.
    """
    raise NotImplementedError
