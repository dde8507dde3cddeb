"""Calls and the values that finished functions return for them."""

import sys

from textkit.palindrome import is_palindrome
from textkit.slugify import slugify
from textkit.vowels import count_vowels
from textkit.word_count import count_words


def main() -> int:
    """Print each wrong value, and return 1 when there is one."""
    pairs = [
        (slugify("Top Ten  Reasons"), "top-ten-reasons"),
        (slugify("x"), "x"),
        (count_words("No no Yes"), 3),
        (count_vowels("Queueing"), 5),
        (is_palindrome("Racecar"), True),
        (is_palindrome("Race car"), False),
    ]
    wrong = [f"{actual!r} instead of {expected!r}" for actual, expected in pairs if actual != expected]
    for line in wrong:
        print(line, file=sys.stderr)
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
