"""The spreadsheet function TEXT."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def TEXT(value: Value, pattern: Value) -> str:
    """Return a number as text in a format.

    A format is one of: ``0`` or ``#`` with an optional comma between thousands (``#,##0``), zeros after a
    point for decimals, a final ``%``; or words of a date out of ``yyyy``, ``yy``, ``mm``, ``dd``, ``m`` and
    ``d``, with any other characters between them. Text is returned as it is; another format is ``#VALUE!``.
    """
    raise NotImplementedError
