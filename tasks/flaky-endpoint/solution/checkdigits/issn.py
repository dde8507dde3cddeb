"""ISSN."""

import re


def is_issn(text: str) -> bool:
    """Whether a text is the number of a serial: four digits, a hyphen, three digits, a check digit or `X` (10).

    The sum of the digits times 8, 7, ... 1 must be divisible by 11.
    """
    if not re.fullmatch(r"[0-9]{4}-[0-9]{3}[0-9X]", text):
        return False
    values = [10 if sign == "X" else int(sign) for sign in text.replace("-", "")]
    return sum(value * weight for value, weight in zip(values, range(8, 0, -1))) % 11 == 0
