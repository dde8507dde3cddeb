"""CUSIP."""

import re


def is_cusip(text: str) -> bool:
    """Whether a text is the nine characters of a North American security.

    Eight of digits (as they are), capital letters (A=10 ... Z=35), `*` (36), `@` (37) and `#` (38), and a check digit.
    Every second value, from the second on, is doubled; the sum of all decimal digits of the values (a value has one or two)
    and the check digit must be divisible by 10.
    """
    if not re.fullmatch(r"[0-9A-Z*@#]{8}[0-9]", text):
        return False
    values = ["0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*@#".index(sign) for sign in text[:8]]
    weighted = [value * (1 + position % 2) for position, value in enumerate(values)]
    return (sum(value // 10 + value % 10 for value in weighted) + int(text[8])) % 10 == 0
