"""The spreadsheet function REGEXREPLACE."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def REGEXREPLACE(text: Value, pattern: Value, replacement: Value) -> str:
    """Return ``text`` with all matches of a regular expression replaced.

    ``$1`` to ``$9`` in the replacement stand for groups. ``#VALUE!`` for an invalid expression or a group
    that is missing.
    """
    raise NotImplementedError
