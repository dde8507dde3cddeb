"""Ranges: walk over arguments that are single values or matrices of cells."""

from collections.abc import Iterator

from sheet.core.coerce import scalar, to_number
from sheet.core.errors import CellError, na_error, value_error
from sheet.core.types import Argument, Matrix, Value


def is_number(value: Argument) -> bool:
    """Tell whether ``value`` is a number; truth values are not."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def as_matrix(value: Argument) -> Matrix:
    """Return ``value`` as a list of rows; a single value is a matrix of one cell."""
    return value if isinstance(value, list) else [[value]]


def shape(matrix: Matrix) -> tuple[int, int]:
    """Return how many rows and columns ``matrix`` has."""
    return len(matrix), len(matrix[0]) if matrix else 0


def cells(*arguments: Argument) -> Iterator[Value]:
    """Yield every cell of the arguments, row by row; errors are yielded, not raised."""
    for argument in arguments:
        for row in as_matrix(argument):
            yield from row


def vector(value: Argument) -> list[Value]:
    """Return the cells of a single row or column as a list; a larger block is ``#VALUE!``."""
    matrix = as_matrix(value)
    rows, columns = shape(matrix)
    if rows > 1 and columns > 1:
        raise value_error("a single row or column is wanted here")
    return list(cells(matrix))


def numbers(*arguments: Argument) -> list[float]:
    """Return the numbers among the arguments.

    A value given directly is coerced, so ``"5"`` and TRUE count and other text is ``#VALUE!``. In a matrix
    only real numbers count: text, truth values and blanks are skipped. Errors are raised wherever they are.
    """
    found: list[float] = []
    for argument in arguments:
        if not isinstance(argument, list):
            found.append(to_number(argument))
            continue
        found.extend(cell for cell in map(scalar, cells(argument)) if is_number(cell))
    return found


def numbers_and_text(*arguments: Argument) -> list[float]:
    """Return the arguments as numbers in the manner of the functions whose names end in ``A``.

    Like ``numbers``, but in a matrix TRUE is 1, FALSE is 0 and text is 0; only blanks are skipped.
    """
    found: list[float] = []
    for argument in arguments:
        if not isinstance(argument, list):
            found.append(to_number(argument))
            continue
        filled = (cell for cell in map(scalar, cells(argument)) if cell is not None)
        found.extend(0 if isinstance(cell, str) else to_number(cell) for cell in filled)
    return found


def pairs(first: Argument, second: Argument) -> list[tuple[float, float]]:
    """Return the pairs of numbers at the same position of two ranges.

    A pair in which either cell is no number is left out. Ranges of different sizes are ``#N/A``.
    """
    left, right = list(cells(first)), list(cells(second))
    if len(left) != len(right):
        raise na_error("both ranges must have the same number of cells")
    for cell in (*left, *right):
        if isinstance(cell, CellError):
            raise cell
    return [(x, y) for x, y in zip(left, right, strict=True) if is_number(x) and is_number(y)]
