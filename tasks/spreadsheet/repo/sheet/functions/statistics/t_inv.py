"""The spreadsheet function T.INV."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def T_INV(probability: Value, freedom: Value) -> float:
    """Return the t up to which Student's variable has this probability.

    ``#NUM!`` unless the probability is between 0 and 1 and the freedom at least 1.
    """
    raise NotImplementedError
