"""Calls and the values that finished functions return for them."""

import sys

from textkit.caesar import shift
from textkit.roman import to_roman
from textkit.slugify import slugify
from textkit.word_count import count_words


def main() -> int:
    """Print each wrong value, and return 1 when there is one."""
    pairs = [
        (slugify("Top Ten  Reasons"), "top-ten-reasons"),
        (slugify("x"), "x"),
        (count_words("No no Yes"), {"no": 2, "yes": 1}),
        (to_roman(3888), "MMMDCCCLXXXVIII"),
        (to_roman(449), "CDXLIX"),
        (shift("zebra, Zoo", 29), "cheud, Zrr"),
    ]
    wrong = [f"{actual!r} instead of {expected!r}" for actual, expected in pairs if actual != expected]
    for line in wrong:
        print(line, file=sys.stderr)
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
