"""The evaluator: from a tree of nodes to a value."""

import inspect
from collections.abc import Callable

from sheet.core.errors import CellError, value_error
from sheet.core.types import Argument, Value
from sheet.formula.nodes import Binary, Call, CellNode, Literal, Node, RangeNode, Unary
from sheet.formula.operators import binary, unary
from sheet.formula.parser import parse
from sheet.formula.references import Reference, block
from sheet.formula.registry import find_function

Reader = Callable[[Reference], Value]


def evaluate(node: Node, read: Reader) -> Argument:
    """Return what a tree stands for: a value, or a matrix for a range or a function that returns one.

    ``read`` gives the value of a cell, errors included. An error that is the result is raised; errors among
    the arguments of a function are handed to it. Wrong numbers of arguments are ``#VALUE!``.
    """
    match node:
        case Literal(value):
            return _checked(value)
        case CellNode(reference):
            return _checked(read(reference))
        case RangeNode(first, last):
            return [[read(reference) for reference in row] for row in block(first, last)]
        case Unary(operator, operand):
            return unary(operator, evaluate(operand, read))
        case Binary(operator, left, right):
            return binary(operator, evaluate(left, read), evaluate(right, read))
        case Call(name, arguments):
            return _call(name, [_argument(argument, read) for argument in arguments])


def evaluate_formula(formula: str, read: Reader) -> Value:
    """Return the value of a formula (without its ``=``) for one cell; an error is returned, not raised.

    Of a matrix the first cell counts, and a blank is 0.
    """
    try:
        result = evaluate(parse(formula), read)
    except CellError as error:
        return error
    first = result[0][0] if isinstance(result, list) else result
    return 0 if first is None else first


def _checked(value: Value) -> Value:
    if isinstance(value, CellError):
        raise value
    return value


def _argument(node: Node, read: Reader) -> Argument:
    try:
        return evaluate(node, read)
    except CellError as error:
        return error


def _call(name: str, arguments: list[Argument]) -> Argument:
    function = find_function(name)
    try:
        inspect.signature(function).bind(*arguments)
    except TypeError:
        raise value_error(f"{name} does not take {len(arguments)} arguments") from None
    return function(*arguments)
