"""ISIN."""

def is_isin(text: str) -> bool:
    """Whether a text is the twelve characters of a security.

    Two capital letters, nine capital letters or digits, a check digit. With letters replaced by 10 (A) to 35 (Z) the digits
    must have a right Luhn digit: from the right, every second one doubled (minus 9 when over 9), the sum divisible by 10.
    """
    raise NotImplementedError
