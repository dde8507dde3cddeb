"""ORCID."""

import re


def is_orcid(text: str) -> bool:
    """Whether a text is the number of a researcher: four groups of four digits with hyphens; the last may be `X` (10).

    Beginning with 0, each of the first 15 digits is added and the result doubled; 12 minus that modulo 11, modulo 11 again,
    is the last one.
    """
    if not re.fullmatch(r"([0-9]{4}-){3}[0-9]{3}[0-9X]", text):
        return False
    digits, total = text.replace("-", ""), 0
    for digit in digits[:15]:
        total = (total + int(digit)) * 2
    return digits[15] == "0123456789X"[(12 - total % 11) % 11]
