"""Runs instructions."""

from calc.compiler import Instruction


def run(instructions: list[Instruction]) -> list[str]:
    """Return what the program prints, one text for each line, with numbers as calc.numbers shows them.

    Raises:
        CalcError: ``division by zero``; ``the power has no value`` where it is not real or too large; or what a
            function says.
    """
    raise NotImplementedError
