"""CUSIP."""

def is_cusip(text: str) -> bool:
    """Whether a text is the nine characters of a North American security.

    Eight of digits (as they are), capital letters (A=10 ... Z=35), `*` (36), `@` (37) and `#` (38), and a check digit.
    Every second value, from the second on, is doubled; the sum of all decimal digits of the values (a value has one or two)
    and the check digit must be divisible by 10.
    """
    raise NotImplementedError
