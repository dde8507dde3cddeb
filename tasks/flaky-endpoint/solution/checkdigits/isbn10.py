"""ISBN-10."""

import re


def is_isbn10(text: str) -> bool:
    """Whether a text is an ISBN with ten digits.

    Nine digits and a check digit or `X`, which counts 10; single hyphens between characters are allowed. The sum of the
    digits times 10, 9, ... 1 must be divisible by 11.
    """
    if not re.fullmatch(r"([0-9]-?){9}[0-9X]", text):
        return False
    values = [10 if sign == "X" else int(sign) for sign in text.replace("-", "")]
    return sum(value * weight for value, weight in zip(values, range(10, 0, -1))) % 11 == 0
