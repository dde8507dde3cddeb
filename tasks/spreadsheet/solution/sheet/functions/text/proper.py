"""The spreadsheet function PROPER."""

import re

from sheet.core.coerce import to_text
from sheet.core.function import function
from sheet.core.types import Value


@function
def PROPER(text: Value) -> str:
    """Return ``text`` with the first letter of each word in upper case and the others in lower case.

    A word begins after every character that is no letter.
    """
    return re.sub(r"[^\W\d_]+", lambda word: word[0].capitalize(), to_text(text))
