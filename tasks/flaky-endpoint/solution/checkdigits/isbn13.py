"""ISBN-13."""

import re


def is_isbn13(text: str) -> bool:
    """Whether a text is an ISBN with thirteen digits.

    It begins with 978 or 979; single hyphens between digits are allowed. The sum of the digits, every second one from the
    second on times 3, must be divisible by 10.
    """
    if not re.fullmatch(r"97[89](-?[0-9]){10}", text):
        return False
    digits = [int(digit) for digit in text.replace("-", "")]
    return (sum(digits[::2]) + 3 * sum(digits[1::2])) % 10 == 0
