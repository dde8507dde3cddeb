"""Criteria such as ``">=5"``, ``"<>done"`` or ``"a*"``, and the cells that meet them."""

import operator
import re
from collections.abc import Callable

from sheet.core.coerce import parse_number, scalar
from sheet.core.errors import CellError, value_error
from sheet.core.types import Argument, Value

Matcher = Callable[[Value], bool]

_ORDERINGS = {"<=": operator.le, ">=": operator.ge, "<": operator.lt, ">": operator.gt}


def wildcard_pattern(text: str) -> re.Pattern[str]:
    """Return a pattern for ``text``, to be used with ``fullmatch`` or ``search``.

    ``*`` stands for any characters, ``?`` for one, and ``~`` takes the meaning from the character after it.
    Case is ignored and a dot matches line ends too.
    """
    parts: list[str] = []
    position = 0
    while position < len(text):
        character = text[position]
        if character == "~" and position + 1 < len(text):
            position += 1
            parts.append(re.escape(text[position]))
        else:
            parts.append({"*": ".*", "?": "."}.get(character) or re.escape(character))
        position += 1
    return re.compile("".join(parts), re.IGNORECASE | re.DOTALL)


def matcher(criterion: Argument) -> Matcher:
    """Return a predicate that tells whether a cell meets ``criterion``.

    A number or truth value wants an equal cell, a blank criterion wants 0. A text may begin with ``=``,
    ``<>``, ``<``, ``<=``, ``>`` or ``>=``; what follows is a number, a truth value or a text, and a cell of
    another kind never meets it (except for ``<>``, which is true for every cell that ``=`` refuses). Texts
    are compared without case, with wildcards for equality. ``"="`` alone wants blanks. Error cells meet
    nothing but ``<>``.
    """
    wanted = scalar(criterion)
    if wanted is None:
        return _equal_to(0)
    if not isinstance(wanted, str):
        return _equal_to(wanted)
    sign, operand = _split(wanted)
    if sign in _ORDERINGS:
        return _ordered(_ORDERINGS[sign], _typed(operand))
    equal = _is_blank if operand == "" else _equal_to(_typed(operand))
    if sign == "<>":
        return lambda cell: not equal(cell)
    return equal


def matching_positions(*ranges_and_criteria: Argument) -> list[int]:
    """Return the positions at which every range meets its criterion.

    Arguments come as range, criterion, range, criterion, ...; positions count cells row by row from 0. Ranges
    of different sizes, or a range without a criterion, are ``#VALUE!``.
    """
    if len(ranges_and_criteria) % 2:
        raise value_error("every range needs a criterion")
    ranges = [_flat(argument) for argument in ranges_and_criteria[::2]]
    tests = [matcher(argument) for argument in ranges_and_criteria[1::2]]
    if any(len(cells) != len(ranges[0]) for cells in ranges):
        raise value_error("the ranges must have the same size")
    return [
        position
        for position, row in enumerate(zip(*ranges, strict=True))
        if all(test(cell) for test, cell in zip(tests, row, strict=True))
    ]


def _split(text: str) -> tuple[str, str]:
    for sign in ("<=", ">=", "<>", "<", ">", "="):
        if text.startswith(sign):
            return sign, text[len(sign) :]
    return "=", text


def _typed(operand: str) -> Value:
    if operand.upper() in {"TRUE", "FALSE"}:
        return operand.upper() == "TRUE"
    number = parse_number(operand)
    return operand if number is None else number


def _kind(value: Value) -> str:
    if isinstance(value, bool):
        return "truth"
    if isinstance(value, (int, float)):
        return "number"
    return "text" if isinstance(value, str) else "other"


def _equal_to(wanted: Value) -> Matcher:
    if isinstance(wanted, str):
        pattern = wildcard_pattern(wanted)
        return lambda cell: isinstance(cell, str) and pattern.fullmatch(cell) is not None
    return lambda cell: _kind(cell) == _kind(wanted) and cell == wanted


def _ordered(compare: Callable[[object, object], bool], wanted: Value) -> Matcher:
    folded = wanted.casefold() if isinstance(wanted, str) else wanted

    def test(cell: Value) -> bool:
        if _kind(cell) != _kind(wanted):
            return False
        return compare(cell.casefold() if isinstance(cell, str) else cell, folded)

    return test


def _is_blank(cell: Value) -> bool:
    return cell is None or cell == ""


def _flat(argument: Argument) -> list[Value | CellError]:
    rows = argument if isinstance(argument, list) else [[argument]]
    return [cell for row in rows for cell in row]
