"""ABA routing numbers."""

import re


def is_aba(text: str) -> bool:
    """Whether a text is the nine digits of an American bank.

    The sum of the digits times 3, 7, 1, 3, 7, 1, 3, 7, 1 must be divisible by 10, and not all digits are 0.
    """
    if not re.fullmatch(r"[0-9]{9}", text) or text == "000000000":
        return False
    return sum(int(digit) * weight for digit, weight in zip(text, (3, 7, 1) * 3)) % 10 == 0
