"""NHS numbers."""

import re


def is_nhs(text: str) -> bool:
    """Whether a text is the ten digits of a patient in England, with or without single spaces after the third and sixth.

    11 minus (the sum of the first nine digits times 10, 9, ... 2) modulo 11 is the last digit; 11 counts as 0, and with 10
    the number is never given out.
    """
    if not re.fullmatch(r"[0-9]{3} ?[0-9]{3} ?[0-9]{4}", text):
        return False
    digits = [int(digit) for digit in text.replace(" ", "")]
    rest = sum(digit * weight for digit, weight in zip(digits, range(10, 1, -1))) % 11
    return rest != 1 and digits[9] == (11 - rest) % 11
