"""IBAN."""

import re


def is_iban(text: str) -> bool:
    """Whether a text is an international bank account number.

    Two capital letters, two digits, 11 to 30 capital letters or digits; single spaces between characters are allowed. With
    the first four characters moved to the end and letters replaced by 10 (A) to 35 (Z), the number leaves 1 when divided
    by 97. The two digits are never 00, 01 or 99.
    """
    if not re.fullmatch(r"[A-Z] ?[A-Z] ?[0-9] ?[0-9]( ?[A-Z0-9]){11,30}", text):
        return False
    code = text.replace(" ", "")
    if code[2:4] in ("00", "01", "99"):
        return False
    number = "".join(str(int(sign, 36)) for sign in code[4:] + code[:4])
    return int(number) % 97 == 1
