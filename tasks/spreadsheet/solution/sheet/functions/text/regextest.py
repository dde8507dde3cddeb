"""The spreadsheet function REGEXTEST."""

import re

from sheet.core.coerce import to_text
from sheet.core.errors import value_error
from sheet.core.function import function
from sheet.core.types import Value


@function
def REGEXTEST(text: Value, pattern: Value) -> bool:
    """Tell whether a regular expression matches somewhere in ``text``; ``#VALUE!`` for an invalid one."""
    try:
        return re.search(to_text(pattern), to_text(text)) is not None
    except re.error:
        raise value_error("that is not a regular expression") from None
