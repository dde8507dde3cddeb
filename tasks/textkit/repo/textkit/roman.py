"""Write numbers in Roman numerals."""


def to_roman(number: int) -> str:
    """Return ``number`` as a Roman numeral in upper case.

    The letters are M 1000, D 500, C 100, L 50, X 10, V 5 and I 1, with the pairs CM 900, CD 400, XC 90, XL 40, IX 9
    and IV 4. A number below 1 or above 3999 raises ValueError.

    Examples:
        to_roman(4) == "IV"
        to_roman(1994) == "MCMXCIV"
    """
    raise NotImplementedError
