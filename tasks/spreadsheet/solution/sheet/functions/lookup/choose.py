"""The spreadsheet function CHOOSE."""

from sheet.core.coerce import to_integer
from sheet.core.errors import CellError, value_error
from sheet.core.function import error_aware
from sheet.core.types import Argument, Value


@error_aware
def CHOOSE(index: Value, *choices: Argument) -> Argument:
    """Return the choice at ``index``, counted from 1; ``#VALUE!`` when there is none.

    Errors among the other choices do not matter.
    """
    position = to_integer(index)
    if not 1 <= position <= len(choices):
        raise value_error("there is no such choice")
    chosen = choices[position - 1]
    if isinstance(chosen, CellError):
        raise chosen
    return chosen
