"""The Caesar cipher."""


def shift(text: str, by: int) -> str:
    """Return ``text`` with every letter moved ``by`` places forward in the alphabet.

    After z comes a again. Only the letters a to z and A to Z are moved, and they keep their case; every other
    character stays as it is. ``by`` may be negative or more than 26.

    Examples:
        shift("abc", 1) == "bcd"
        shift("Xyz!", 3) == "Abc!"
        shift("bcd", -1) == "abc"
    """
    shifted = ""
    for character in text:
        if "a" <= character <= "z":
            shifted += chr((ord(character) - ord("a") + by) % 26 + ord("a"))
        elif "A" <= character <= "Z":
            shifted += chr((ord(character) - ord("A") + by) % 26 + ord("A"))
        else:
            shifted += character
    return shifted
