"""The spreadsheet function SUBSTITUTE."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def SUBSTITUTE(text: Value, old: Value, new: Value, occurrence: Value = None) -> str:
    """Return ``text`` with ``old`` replaced by ``new``, everywhere or at one occurrence (from 1) only.

    Case matters. An occurrence that does not exist changes nothing; one below 1 is ``#VALUE!``.
    """
    raise NotImplementedError
