"""UPC-A."""

def is_upca(text: str) -> bool:
    """Whether a text is the twelve digits of a bar code as used in North America.

    The sum of the digits, every second one from the first on times 3, must be divisible by 10.
    """
    raise NotImplementedError
