"""Matrices of numbers: check, multiply, eliminate."""

from collections.abc import Sequence

from sheet.core.coerce import scalar
from sheet.core.errors import num_error, value_error
from sheet.core.types import Argument

Rows = list[list[float]]


def numeric_matrix(value: Argument, square: bool = False) -> Rows:
    """Return ``value`` as rows of floats.

    A cell that is no number, or rows that do not make a square where one is wanted, are ``#VALUE!``.
    """
    rows = value if isinstance(value, list) else [[value]]
    if square and any(len(row) != len(rows) for row in rows):
        raise value_error("the matrix must be square")
    return [[_number(cell) for cell in row] for row in rows]


def multiply(left: Sequence[Sequence[float]], right: Sequence[Sequence[float]]) -> Rows:
    """Return the product of two matrices; ``#VALUE!`` when their sizes do not fit."""
    if len(left[0]) != len(right):
        raise value_error("the left matrix needs as many columns as the right one has rows")
    columns = list(zip(*right, strict=True))
    return [[sum(a * b for a, b in zip(row, column, strict=True)) for column in columns] for row in left]


def determinant(matrix: Sequence[Sequence[float]]) -> float:
    """Return the determinant of a square matrix, by elimination with the largest pivots."""
    rows = [list(row) for row in matrix]
    result = 1.0
    for index in range(len(rows)):
        pivot = max(range(index, len(rows)), key=lambda row: abs(rows[row][index]))
        if rows[pivot][index] == 0:
            return 0.0
        if pivot != index:
            rows[index], rows[pivot] = rows[pivot], rows[index]
            result = -result
        result *= rows[index][index]
        for row in rows[index + 1 :]:
            _subtract(row, rows[index], row[index] / rows[index][index])
    return result


def inverse(matrix: Sequence[Sequence[float]]) -> Rows:
    """Return the inverse of a square matrix; one that has none is ``#NUM!``."""
    size = len(matrix)
    rows = [[*row, *(float(column == index) for column in range(size))] for index, row in enumerate(matrix)]
    for index in range(size):
        pivot = max(range(index, size), key=lambda row: abs(rows[row][index]))
        if abs(rows[pivot][index]) < 1e-14:
            raise num_error("the matrix has no inverse")
        rows[index], rows[pivot] = rows[pivot], rows[index]
        rows[index] = [cell / rows[index][index] for cell in rows[index]]
        for other in range(size):
            if other != index:
                _subtract(rows[other], rows[index], rows[other][index])
    return [row[size:] for row in rows]


def _number(cell: Argument) -> float:
    cell = scalar(cell)
    if isinstance(cell, bool) or not isinstance(cell, (int, float)):
        raise value_error("every cell of the matrix must be a number")
    return float(cell)


def _subtract(row: list[float], other: list[float], factor: float) -> None:
    for column, cell in enumerate(other):
        row[column] -= factor * cell
