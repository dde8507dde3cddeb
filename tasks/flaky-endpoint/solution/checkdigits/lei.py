"""Legal entity identifiers."""

import re


def is_lei(text: str) -> bool:
    """Whether a text is the identifier of a legal entity: 18 capital letters or digits, and two check digits.

    With letters replaced by 10 (A) to 35 (Z) the number leaves 1 when divided by 97.
    """
    if not re.fullmatch(r"[A-Z0-9]{18}[0-9]{2}", text):
        return False
    return int("".join(str(int(sign, 36)) for sign in text)) % 97 == 1
