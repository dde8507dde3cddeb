"""Operators: what the signs in a formula do with values and with whole ranges."""

import operator
from collections.abc import Callable

from sheet.core.coerce import clean, sort_key, to_number, to_text
from sheet.core.errors import CellError, div_error, na_error, num_error
from sheet.core.types import Argument, Value

_ARITHMETIC = {"+": operator.add, "-": operator.sub, "*": operator.mul}
_COMPARISONS = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def binary(sign: str, left: Argument, right: Argument) -> Argument:
    """Return the result of ``left sign right`` for ``+ - * / ^ & = <> < <= > >=``.

    Arithmetic coerces to numbers and ``&`` to text. Comparisons order kinds as ``sort_key`` does, and a blank
    equals 0, ``""`` and FALSE. With a range the operator works cell by cell, where a single value (or a
    single row or column) is repeated; cells that have no partner are ``#N/A``. Errors of single values are
    raised, those in ranges stay.
    """
    if not isinstance(left, list) and not isinstance(right, list):
        return _scalar(sign, left, right)
    first = left if isinstance(left, list) else [[left]]
    second = right if isinstance(right, list) else [[right]]
    rows, columns = max(len(first), len(second)), max(len(first[0]), len(second[0]))
    return [
        [_cell(lambda a, b: _scalar(sign, a, b), _at(first, r, c), _at(second, r, c)) for c in range(columns)]
        for r in range(rows)
    ]


def unary(sign: str, operand: Argument) -> Argument:
    """Return the result of ``-`` or ``+`` before, or ``%`` after, a value or each cell of a range."""
    if sign == "+":
        return operand
    return binary("*", operand, -1) if sign == "-" else binary("/", operand, 100)


def _scalar(sign: str, left: Value, right: Value) -> Value:
    if sign == "&":
        return to_text(left) + to_text(right)
    if sign in _COMPARISONS:
        return _COMPARISONS[sign](*map(sort_key, _fill_blanks(left, right)))
    first, second = to_number(left), to_number(right)
    try:
        if sign in _ARITHMETIC:
            return clean(_ARITHMETIC[sign](first, second))
        return clean(first / second if sign == "/" else _power(first, second))
    except ZeroDivisionError:
        raise div_error("division by zero") from None
    except OverflowError:
        raise num_error("the result is too large") from None


def _power(base: float, exponent: float) -> float:
    if base == 0 and exponent == 0:
        raise num_error("zero to the power zero")
    return float(base) ** exponent


def _fill_blanks(left: Value, right: Value) -> tuple[Value, Value]:
    return _blank_like(right) if left is None else left, _blank_like(left) if right is None else right


def _blank_like(other: Value) -> Value:
    if isinstance(other, bool):
        return False
    return "" if isinstance(other, str) else 0


def _at(matrix: list[list[Value]], row: int, column: int) -> Value:
    r = 0 if len(matrix) == 1 else row
    c = 0 if len(matrix[0]) == 1 else column
    if r >= len(matrix) or c >= len(matrix[0]):
        return na_error("the ranges have different sizes")
    return matrix[r][c]


def _cell(work: Callable[[Value, Value], Value], left: Value, right: Value) -> Value:
    try:
        return work(left, right)
    except CellError as error:
        return error
