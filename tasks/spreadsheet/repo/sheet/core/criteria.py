"""Criteria such as ``">=5"``, ``"<>done"`` or ``"a*"``, and the cells that meet them."""

import re
from collections.abc import Callable

from sheet.core.types import Argument, Value

Matcher = Callable[[Value], bool]


def wildcard_pattern(text: str) -> re.Pattern[str]:
    """Return a pattern for ``text``, to be used with ``fullmatch`` or ``search``.

    ``*`` stands for any characters, ``?`` for one, and ``~`` takes the meaning from the character after it.
    Case is ignored and a dot matches line ends too.
    """
    raise NotImplementedError


def matcher(criterion: Argument) -> Matcher:
    """Return a predicate that tells whether a cell meets ``criterion``.

    A number or truth value wants an equal cell, a blank criterion wants 0. A text may begin with ``=``,
    ``<>``, ``<``, ``<=``, ``>`` or ``>=``; what follows is a number, a truth value or a text, and a cell of
    another kind never meets it (except for ``<>``, which is true for every cell that ``=`` refuses). Texts
    are compared without case, with wildcards for equality. ``"="`` alone wants blanks. Error cells meet
    nothing but ``<>``.
    """
    raise NotImplementedError


def matching_positions(*ranges_and_criteria: Argument) -> list[int]:
    """Return the positions at which every range meets its criterion.

    Arguments come as range, criterion, range, criterion, ...; positions count cells row by row from 0. Ranges
    of different sizes, or a range without a criterion, are ``#VALUE!``.
    """
    raise NotImplementedError
