"""From a tree to instructions for a machine with a stack."""

from dataclasses import dataclass

from calc.tree import Binary, Call, Expression, Let, Name, Negated, Number, Statement


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
    instructions: list[Instruction] = []
    for statement in program:
        instructions += _expression(statement.value)
        instructions.append(Instruction("store", statement.name) if isinstance(statement, Let) else Instruction("print"))
    return instructions


def _expression(expression: Expression) -> list[Instruction]:
    match expression:
        case Number(value):
            return [Instruction("push", value)]
        case Name(name):
            return [Instruction("load", name)]
        case Negated(of):
            return [*_expression(of), Instruction("negate")]
        case Binary(sign, left, right):
            return [*_expression(left), *_expression(right), Instruction("binary", sign)]
        case Call(name, arguments):
            pushed = [each for argument in arguments for each in _expression(argument)]
            return [*pushed, Instruction("call", name, len(arguments))]
