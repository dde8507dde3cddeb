"""Write numbers in Roman numerals."""


def to_roman(number: int) -> str:
    """Return ``number``, from 1 to 3999, as a Roman numeral in upper case.

    Examples:
        to_roman(4) == "IV"
        to_roman(1994) == "MCMXCIV"
    """
    raise NotImplementedError
