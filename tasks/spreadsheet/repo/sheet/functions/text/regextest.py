"""The spreadsheet function REGEXTEST."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def REGEXTEST(text: Value, pattern: Value) -> bool:
    """Tell whether a regular expression matches somewhere in ``text``; ``#VALUE!`` for an invalid one."""
    raise NotImplementedError
