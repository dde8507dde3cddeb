"""The kinds of values that cells hold and functions take."""

from typing import TypeAlias

from sheet.core.errors import CellError

Value: TypeAlias = float | str | bool | CellError | None
"""One cell: a number, a text, a truth value, an error, or None for blank."""

Matrix: TypeAlias = list[list[Value]]
"""A block of cells as a list of rows of equal length."""

Argument: TypeAlias = Value | Matrix
"""What a function is given: one value or a block of cells."""
