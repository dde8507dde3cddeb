"""The spreadsheet function LOG."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def LOG(number: Value, base: Value = 10) -> float:
    """Return the logarithm of ``number`` to ``base``.

    ``#NUM!`` unless both are positive; ``#DIV/0!`` for base 1.
    """
    raise NotImplementedError
