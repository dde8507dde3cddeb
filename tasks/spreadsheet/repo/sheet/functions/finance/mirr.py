"""The spreadsheet function MIRR."""

from sheet.core.function import function
from sheet.core.types import Argument, Value


@function
def MIRR(flows: Argument, finance_rate: Value, reinvest_rate: Value) -> float:
    """Return the modified internal rate of return.

    Payments are financed at one rate and receipts reinvested at another. ``#DIV/0!`` without a payment or a
    receipt.
    """
    raise NotImplementedError
