"""ISSN."""

def is_issn(text: str) -> bool:
    """Whether a text is the number of a serial: four digits, a hyphen, three digits, a check digit or `X` (10).

    The sum of the digits times 8, 7, ... 1 must be divisible by 11.
    """
    raise NotImplementedError
