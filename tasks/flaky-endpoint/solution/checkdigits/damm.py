"""Damm."""

import re


def is_damm(text: str) -> bool:
    """Whether a text is digits, at least two, the last of which is the check digit of Damm.

    Beginning with 0, each digit in turn leads from the row of the last result to the next one; the end must be 0. The rows
    are 0317598642 7092154863 4206871359 1750983426 6123045978 3674209581 5869720134 8945362017 9438617205 2581436790.
    """
    rows = (
        "0317598642 7092154863 4206871359 1750983426 6123045978 "
        "3674209581 5869720134 8945362017 9438617205 2581436790"
    ).split()
    if not re.fullmatch(r"[0-9]{2,}", text):
        return False
    result = 0
    for digit in text:
        result = int(rows[result][int(digit)])
    return result == 0
