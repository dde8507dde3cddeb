"""Write numbers in Roman numerals."""

LETTERS = (
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
    """Return ``number``, from 1 to 3999, as a Roman numeral in upper case.

    Examples:
        to_roman(4) == "IV"
        to_roman(1994) == "MCMXCIV"
    """
    numeral = ""
    for value, letters in LETTERS:
        count, number = divmod(number, value)
        numeral += letters * count
    return numeral
