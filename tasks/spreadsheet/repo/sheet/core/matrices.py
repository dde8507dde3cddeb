"""Matrices of numbers: check, multiply, eliminate."""

from collections.abc import Sequence

from sheet.core.types import Argument

Rows = list[list[float]]


def numeric_matrix(value: Argument, square: bool = False) -> Rows:
    """Return ``value`` as rows of floats.

    A cell that is no number, or rows that do not make a square where one is wanted, are ``#VALUE!``.
    """
    raise NotImplementedError


def multiply(left: Sequence[Sequence[float]], right: Sequence[Sequence[float]]) -> Rows:
    """Return the product of two matrices; ``#VALUE!`` when their sizes do not fit."""
    raise NotImplementedError


def determinant(matrix: Sequence[Sequence[float]]) -> float:
    """Return the determinant of a square matrix, by elimination with the largest pivots."""
    raise NotImplementedError


def inverse(matrix: Sequence[Sequence[float]]) -> Rows:
    """Return the inverse of a square matrix; one that has none is ``#NUM!``."""
    raise NotImplementedError
