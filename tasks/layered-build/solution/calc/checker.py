"""Finds what is wrong with a program before it runs."""

from collections.abc import Iterator

from calc.errors import CalcError
from calc.functions import FUNCTIONS
from calc.tree import Binary, Call, Expression, Let, Name, Negated, Statement


def check(program: tuple[Statement, ...]) -> None:
    """See that each name has a value by the time that it is used, and each call is one of a function.

    Raises:
        CalcError: the first mistake, with its place: ``NAME has no value``, ``there is no function NAME``, or
            ``NAME takes N arguments, not M``.
    """
    known: set[str] = set()
    for statement in program:
        for expression in _within(statement.value):
            _check(expression, known)
        if isinstance(statement, Let):
            known.add(statement.name)


def _check(expression: Expression, known: set[str]) -> None:
    if isinstance(expression, Name) and expression.name not in known:
        raise CalcError(f"{expression.name} has no value", expression.place)
    if isinstance(expression, Call):
        if expression.name not in FUNCTIONS:
            raise CalcError(f"there is no function {expression.name}", expression.place)
        wanted, given = FUNCTIONS[expression.name][0], len(expression.arguments)
        if wanted != given:
            raise CalcError(f"{expression.name} takes {wanted} arguments, not {given}", expression.place)


def _within(expression: Expression) -> Iterator[Expression]:
    yield expression
    if isinstance(expression, Negated):
        yield from _within(expression.of)
    elif isinstance(expression, Binary):
        yield from _within(expression.left)
        yield from _within(expression.right)
    elif isinstance(expression, Call):
        for argument in expression.arguments:
            yield from _within(argument)
