"""ABA routing numbers."""

def is_aba(text: str) -> bool:
    """Whether a text is the nine digits of an American bank.

    The sum of the digits times 3, 7, 1, 3, 7, 1, 3, 7, 1 must be divisible by 10, and not all digits are 0.
    """
    raise NotImplementedError
