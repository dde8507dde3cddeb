"""The spreadsheet function IF."""

from sheet.core.function import error_aware
from sheet.core.types import Argument, Value


@error_aware
def IF(condition: Value, when_true: Argument = True, when_false: Argument = False) -> Argument:
    """Return ``when_true`` or ``when_false``, as ``condition`` tells.

    An error in the branch that is not taken does not matter; one in the condition or the taken branch does.
    """
    raise NotImplementedError
