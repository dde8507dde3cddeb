"""IMO numbers."""

def is_imo(text: str) -> bool:
    """Whether a text is the number of a ship: `IMO`, a space, and seven digits.

    The last digit is the last digit of the sum of the first six times 7, 6, ... 2.
    """
    raise NotImplementedError
