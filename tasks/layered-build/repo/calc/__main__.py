"""``python3 -m calc FILE``, or with the program on the standard input."""

import sys


def main(arguments: list[str]) -> int:
    """Print what a program prints and return 0; or print ``error: `` and the error to stderr and return 1."""
    raise NotImplementedError


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
