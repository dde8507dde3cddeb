"""IMO numbers."""

import re


def is_imo(text: str) -> bool:
    """Whether a text is the number of a ship: `IMO`, a space, and seven digits.

    The last digit is the last digit of the sum of the first six times 7, 6, ... 2.
    """
    if not re.fullmatch(r"IMO [0-9]{7}", text):
        return False
    digits = text[4:]
    return sum(int(digit) * weight for digit, weight in zip(digits, range(7, 1, -1))) % 10 == int(digits[6])
