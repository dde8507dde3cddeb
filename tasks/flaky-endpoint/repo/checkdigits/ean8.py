"""EAN-8."""

def is_ean8(text: str) -> bool:
    """Whether a text is the eight digits of a short bar code.

    The sum of the digits, every second one from the first on times 3, must be divisible by 10.
    """
    raise NotImplementedError
