"""Texts that read the same backwards."""


def is_palindrome(text: str) -> bool:
    """Return whether ``text`` reads the same forwards and backwards. Case does not matter.

    Examples:
        is_palindrome("Level") == True
        is_palindrome("ab") == False
        is_palindrome("") == True
    """
    folded = text.lower()
    return folded == folded[::-1]
