"""ISIN."""

import re


def is_isin(text: str) -> bool:
    """Whether a text is the twelve characters of a security.

    Two capital letters, nine capital letters or digits, a check digit. With letters replaced by 10 (A) to 35 (Z) the digits
    must have a right Luhn digit: from the right, every second one doubled (minus 9 when over 9), the sum divisible by 10.
    """
    if not re.fullmatch(r"[A-Z]{2}[A-Z0-9]{9}[0-9]", text):
        return False
    digits = [int(digit) for digit in "".join(str(int(sign, 36)) for sign in text)]
    doubled = [digit * 2 - 9 if digit > 4 else digit * 2 for digit in digits[-2::-2]]
    return (sum(doubled) + sum(digits[-1::-2])) % 10 == 0
