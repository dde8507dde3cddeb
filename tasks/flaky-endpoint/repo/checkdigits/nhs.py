"""NHS numbers."""

def is_nhs(text: str) -> bool:
    """Whether a text is the ten digits of a patient in England, with or without single spaces after the third and sixth.

    11 minus (the sum of the first nine digits times 10, 9, ... 2) modulo 11 is the last digit; 11 counts as 0, and with 10
    the number is never given out.
    """
    raise NotImplementedError
