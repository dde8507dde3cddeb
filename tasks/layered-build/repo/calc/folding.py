"""Makes instructions fewer."""

from calc.compiler import Instruction


def folded(instructions: list[Instruction]) -> list[Instruction]:
    """Return instructions that do the same, with what can be computed beforehand computed.

    Two pushes and ``+``, ``-`` or ``*`` become one push, a push and ``negate`` one push; again, until nothing changes.
    Divisions, powers and calls stay, because they can fail, and that has to happen when the program runs.
    """
    raise NotImplementedError
