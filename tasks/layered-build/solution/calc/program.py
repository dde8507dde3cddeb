"""A whole program."""

from calc.checker import check
from calc.compiler import compiled
from calc.folding import folded
from calc.lexer import tokens
from calc.machine import run
from calc.parser import parse


def execute(text: str) -> list[str]:
    """Return what a program prints, one text for each line. It is checked as a whole before it runs.

    Raises:
        CalcError: what the parts say.
    """
    program = parse(tokens(text))
    check(program)
    return run(folded(compiled(program)))
