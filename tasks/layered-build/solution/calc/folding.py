"""Makes instructions fewer."""

from calc.compiler import Instruction

_FOLDED = {"+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b}


def folded(instructions: list[Instruction]) -> list[Instruction]:
    """Return instructions that do the same, with what can be computed beforehand computed.

    Two pushes and ``+``, ``-`` or ``*`` become one push, a push and ``negate`` one push; again, until nothing changes.
    Divisions, powers and calls stay, because they can fail, and that has to happen when the program runs.
    """
    kept: list[Instruction] = []
    for instruction in instructions:
        kept.append(instruction)
        while _fold_end(kept):
            pass
    return kept


def _fold_end(kept: list[Instruction]) -> bool:
    if kept[-1].code == "negate" and len(kept) > 1 and kept[-2].code == "push":
        kept[-2:] = [Instruction("push", -float(kept[-2].operand))]
        return True
    if kept[-1].code == "binary" and kept[-1].operand in _FOLDED and [each.code for each in kept[-3:-1]] == ["push", "push"]:
        left, right = float(kept[-3].operand), float(kept[-2].operand)
        kept[-3:] = [Instruction("push", _FOLDED[str(kept[-1].operand)](left, right))]
        return True
    return False
