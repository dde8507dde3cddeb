"""From a tree to instructions for a machine with a stack."""

from dataclasses import dataclass

from calc.tree import Statement


@dataclass(frozen=True)
class Instruction:
    """One step of the machine.

    ``push`` a number; ``load`` a name's value; ``store`` the top under a name; ``negate`` the top; ``binary`` with a sign;
    ``call`` a function by name with ``count`` arguments; ``print`` the top.
    """

    code: str
    operand: float | str = ""
    count: int = 0


def compiled(program: tuple[Statement, ...]) -> list[Instruction]:
    """Return the instructions of a program: operands from the left to the right, then what is done with them."""
    raise NotImplementedError
