"""Payment card numbers."""

def is_luhn(text: str) -> bool:
    """Whether a text is a number with a right Luhn digit, as payment cards have it.

    12 to 19 digits; single spaces between digits are allowed. From the right, every second digit is doubled (minus 9 when
    that gives more than 9); the sum of all must be divisible by 10.
    """
    raise NotImplementedError
