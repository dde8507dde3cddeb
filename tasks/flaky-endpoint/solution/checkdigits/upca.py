"""UPC-A."""

import re


def is_upca(text: str) -> bool:
    """Whether a text is the twelve digits of a bar code as used in North America.

    The sum of the digits, every second one from the first on times 3, must be divisible by 10.
    """
    if not re.fullmatch(r"[0-9]{12}", text):
        return False
    digits = [int(digit) for digit in text]
    return (3 * sum(digits[::2]) + sum(digits[1::2])) % 10 == 0
