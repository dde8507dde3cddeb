"""The spreadsheet function CHOOSE."""

from sheet.core.function import error_aware
from sheet.core.types import Argument, Value


@error_aware
def CHOOSE(index: Value, *choices: Argument) -> Argument:
    """Return the choice at ``index``, counted from 1; ``#VALUE!`` when there is none.

    Errors among the other choices do not matter.
    """
    raise NotImplementedError
