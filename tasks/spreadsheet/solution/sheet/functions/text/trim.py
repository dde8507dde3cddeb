"""The spreadsheet function TRIM."""

from sheet.core.coerce import to_text
from sheet.core.function import function
from sheet.core.types import Value


@function
def TRIM(text: Value) -> str:
    """Return ``text`` without spaces at its ends and with single spaces between words.

    Other white space stays.
    """
    return " ".join(word for word in to_text(text).split(" ") if word)
