"""The Caesar cipher."""


def shift(text: str, by: int) -> str:
    """Return ``text`` with each of the letters a to z moved ``by`` places forward in the alphabet.

    After z comes a again. All other characters stay as they are.

    Examples:
        shift("abc", 1) == "bcd"
        shift("xyz!", 3) == "abc!"
        shift("bcd", -1) == "abc"
    """
    raise NotImplementedError
