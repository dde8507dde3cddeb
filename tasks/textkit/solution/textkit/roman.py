"""Write numbers in Roman numerals."""

_NUMERALS = (
    (1000, "M"),
    (900, "CM"),
    (500, "D"),
    (400, "CD"),
    (100, "C"),
    (90, "XC"),
    (50, "L"),
    (40, "XL"),
    (10, "X"),
    (9, "IX"),
    (5, "V"),
    (4, "IV"),
    (1, "I"),
)


def to_roman(number: int) -> str:
    """Return ``number`` as a Roman numeral in upper case.

    The letters are M 1000, D 500, C 100, L 50, X 10, V 5 and I 1, with the pairs CM 900, CD 400, XC 90, XL 40, IX 9
    and IV 4. A number below 1 or above 3999 raises ValueError.

    Examples:
        to_roman(4) == "IV"
        to_roman(1994) == "MCMXCIV"
    """
    if not 1 <= number <= 3999:
        raise ValueError("the number must be from 1 to 3999")
    numeral = ""
    for value, letters in _NUMERALS:
        count, number = divmod(number, value)
        numeral += letters * count
    return numeral
