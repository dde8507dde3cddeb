"""References: the names of cells, such as ``B3`` or ``$AA$10``."""

from typing import NamedTuple


class Reference(NamedTuple):
    """A cell by its row and column, both counted from 1."""

    row: int
    column: int


def column_letters(column: int) -> str:
    """Return the letters of a column: 1 is ``A``, 27 is ``AA``."""
    raise NotImplementedError


def column_number(letters: str) -> int:
    """Return the number of the column with these letters, in any case."""
    raise NotImplementedError


def parse_reference(name: str) -> Reference:
    """Return the cell that ``name`` names; dollar signs do not matter. Another text is ``#REF!``."""
    raise NotImplementedError


def reference_name(reference: Reference) -> str:
    """Return the name of a cell, without dollar signs."""
    raise NotImplementedError


def block(first: Reference, last: Reference) -> list[list[Reference]]:
    """Return the rows of cells between two opposite corners, given in any order."""
    raise NotImplementedError
