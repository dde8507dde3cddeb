"""Amounts of money, in whole cents."""


def divide(cents: int, shares: int) -> list[int]:
    """Return so many shares of an amount, as equal as can be, the larger ones first. Their sum is the amount."""
    return [round(cents / shares)] * shares
