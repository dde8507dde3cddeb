"""The spreadsheet function MIRR."""

from sheet.core.coerce import to_number
from sheet.core.errors import div_error
from sheet.core.finance import net_present_value
from sheet.core.function import function
from sheet.core.ranges import numbers
from sheet.core.types import Argument, Value


@function
def MIRR(flows: Argument, finance_rate: Value, reinvest_rate: Value) -> float:
    """Return the modified internal rate of return.

    Payments are financed at one rate and receipts reinvested at another. ``#DIV/0!`` without a payment or a
    receipt.
    """
    amounts = numbers(flows)
    paid = net_present_value(to_number(finance_rate), [min(amount, 0) for amount in amounts])
    received = net_present_value(to_number(reinvest_rate), [max(amount, 0) for amount in amounts])
    if paid == 0 or received == 0:
        raise div_error("a payment and a receipt are wanted")
    periods = len(amounts) - 1
    return (received * (1 + to_number(reinvest_rate)) ** periods / -paid) ** (1 / periods) - 1
