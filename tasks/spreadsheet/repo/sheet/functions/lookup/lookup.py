"""The spreadsheet function LOOKUP."""

from sheet.core.function import function
from sheet.core.types import Argument, Value


@function
def LOOKUP(wanted: Value, keys: Argument, results: Argument = None) -> Value:
    """Return the result beside the last key, of keys in growing order, that is not above ``wanted``.

    Without ``results`` the key itself is returned. ``#N/A`` when all keys are above it, ``#VALUE!`` when
    sizes differ.
    """
    raise NotImplementedError
