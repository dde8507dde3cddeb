"""Damm."""

def is_damm(text: str) -> bool:
    """Whether a text is digits, at least two, the last of which is the check digit of Damm.

    Beginning with 0, each digit in turn leads from the row of the last result to the next one; the end must be 0. The rows
    are 0317598642 7092154863 4206871359 1750983426 6123045978 3674209581 5869720134 8945362017 9438617205 2581436790.
    """
    raise NotImplementedError
