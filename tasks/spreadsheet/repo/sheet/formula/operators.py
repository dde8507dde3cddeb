"""Operators: what the signs in a formula do with values and with whole ranges."""

from sheet.core.types import Argument


def binary(sign: str, left: Argument, right: Argument) -> Argument:
    """Return the result of ``left sign right`` for ``+ - * / ^ & = <> < <= > >=``.

    Arithmetic coerces to numbers and ``&`` to text. Comparisons order kinds as ``sort_key`` does, and a blank
    equals 0, ``""`` and FALSE. With a range the operator works cell by cell, where a single value (or a
    single row or column) is repeated; cells that have no partner are ``#N/A``. Errors of single values are
    raised, those in ranges stay.
    """
    raise NotImplementedError


def unary(sign: str, operand: Argument) -> Argument:
    """Return the result of ``-`` or ``+`` before, or ``%`` after, a value or each cell of a range."""
    raise NotImplementedError
