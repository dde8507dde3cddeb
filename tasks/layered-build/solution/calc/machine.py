"""Runs instructions."""

from calc.compiler import Instruction
from calc.errors import CalcError
from calc.functions import apply
from calc.numbers import shown


def run(instructions: list[Instruction]) -> list[str]:
    """Return what the program prints, one text for each line, with numbers as calc.numbers shows them.

    Raises:
        CalcError: ``division by zero``; ``the power has no value`` where it is not real or too large; or what a
            function says.
    """
    stack: list[float] = []
    values: dict[str, float] = {}
    printed: list[str] = []
    for instruction in instructions:
        match instruction:
            case Instruction("push", operand):
                stack.append(float(operand))
            case Instruction("load", operand):
                stack.append(values[str(operand)])
            case Instruction("store", operand):
                values[str(operand)] = stack.pop()
            case Instruction("negate"):
                stack.append(-stack.pop())
            case Instruction("binary", operand):
                right, left = stack.pop(), stack.pop()
                stack.append(_binary(str(operand), left, right))
            case Instruction("call", operand, count):
                arguments = stack[len(stack) - count :]
                del stack[len(stack) - count :]
                stack.append(apply(str(operand), arguments))
            case Instruction("print"):
                printed.append(shown(stack.pop()))
    return printed


def _binary(sign: str, left: float, right: float) -> float:
    if sign == "/":
        if right == 0:
            raise CalcError("division by zero")
        return left / right
    if sign == "^":
        try:
            value = left**right
        except (OverflowError, ZeroDivisionError):
            raise CalcError("the power has no value") from None
        if isinstance(value, complex):
            raise CalcError("the power has no value")
        return value
    return {"+": left + right, "-": left - right, "*": left * right}[sign]
