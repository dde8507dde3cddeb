"""``python3 -m calc FILE``, or with the program on the standard input."""

import sys
from pathlib import Path

from calc.errors import CalcError
from calc.program import execute


def main(arguments: list[str]) -> int:
    """Print what a program prints and return 0; or print ``error: `` and the error to stderr and return 1."""
    text = Path(arguments[0]).read_text(encoding="utf-8") if arguments else sys.stdin.read()
    try:
        lines = execute(text)
    except CalcError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    for line in lines:
        print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
