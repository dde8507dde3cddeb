"""Ranges: walk over arguments that are single values or matrices of cells."""

from collections.abc import Iterator

from sheet.core.types import Argument, Matrix, Value


def is_number(value: Argument) -> bool:
    """Tell whether ``value`` is a number; truth values are not."""
    raise NotImplementedError


def as_matrix(value: Argument) -> Matrix:
    """Return ``value`` as a list of rows; a single value is a matrix of one cell."""
    raise NotImplementedError


def shape(matrix: Matrix) -> tuple[int, int]:
    """Return how many rows and columns ``matrix`` has."""
    raise NotImplementedError


def cells(*arguments: Argument) -> Iterator[Value]:
    """Yield every cell of the arguments, row by row; errors are yielded, not raised."""
    raise NotImplementedError


def vector(value: Argument) -> list[Value]:
    """Return the cells of a single row or column as a list; a larger block is ``#VALUE!``."""
    raise NotImplementedError


def numbers(*arguments: Argument) -> list[float]:
    """Return the numbers among the arguments.

    A value given directly is coerced, so ``"5"`` and TRUE count and other text is ``#VALUE!``. In a matrix
    only real numbers count: text, truth values and blanks are skipped. Errors are raised wherever they are.
    """
    raise NotImplementedError


def numbers_and_text(*arguments: Argument) -> list[float]:
    """Return the arguments as numbers in the manner of the functions whose names end in ``A``.

    Like ``numbers``, but in a matrix TRUE is 1, FALSE is 0 and text is 0; only blanks are skipped.
    """
    raise NotImplementedError


def pairs(first: Argument, second: Argument) -> list[tuple[float, float]]:
    """Return the pairs of numbers at the same position of two ranges.

    A pair in which either cell is no number is left out. Ranges of different sizes are ``#N/A``.
    """
    raise NotImplementedError
