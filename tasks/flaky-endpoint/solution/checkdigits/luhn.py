"""Payment card numbers."""

import re


def is_luhn(text: str) -> bool:
    """Whether a text is a number with a right Luhn digit, as payment cards have it.

    12 to 19 digits; single spaces between digits are allowed. From the right, every second digit is doubled (minus 9 when
    that gives more than 9); the sum of all must be divisible by 10.
    """
    if not re.fullmatch(r"[0-9]( ?[0-9]){11,18}", text):
        return False
    digits = [int(digit) for digit in text.replace(" ", "")]
    doubled = [digit * 2 - 9 if digit > 4 else digit * 2 for digit in digits[-2::-2]]
    return (sum(doubled) + sum(digits[-1::-2])) % 10 == 0
