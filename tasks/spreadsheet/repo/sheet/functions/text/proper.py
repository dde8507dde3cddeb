"""The spreadsheet function PROPER."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def PROPER(text: Value) -> str:
    """Return ``text`` with the first letter of each word in upper case and the others in lower case.

    A word begins after every character that is no letter.
    """
    raise NotImplementedError
