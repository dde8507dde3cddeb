"""Count the vowels of a text."""


def count_vowels(text: str) -> int:
    """Return how many of the letters a, e, i, o and u ``text`` holds, in upper or lower case.

    Examples:
        count_vowels("Hello") == 2
        count_vowels("XYZ") == 0
    """
    return sum(letter in "aeiou" for letter in text.lower())
