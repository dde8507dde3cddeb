"""References: the names of cells, such as ``B3`` or ``$AA$10``."""

import re
from typing import NamedTuple

from sheet.core.errors import ref_error

_CELL = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9]\d{0,6})")


class Reference(NamedTuple):
    """A cell by its row and column, both counted from 1."""

    row: int
    column: int


def column_letters(column: int) -> str:
    """Return the letters of a column: 1 is ``A``, 27 is ``AA``."""
    letters = ""
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters


def column_number(letters: str) -> int:
    """Return the number of the column with these letters, in any case."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def parse_reference(name: str) -> Reference:
    """Return the cell that ``name`` names; dollar signs do not matter. Another text is ``#REF!``."""
    found = _CELL.fullmatch(name)
    if not found:
        raise ref_error(f"{name!r} is not the name of a cell")
    return Reference(int(found[2]), column_number(found[1]))


def reference_name(reference: Reference) -> str:
    """Return the name of a cell, without dollar signs."""
    return f"{column_letters(reference.column)}{reference.row}"


def block(first: Reference, last: Reference) -> list[list[Reference]]:
    """Return the rows of cells between two opposite corners, given in any order."""
    top, bottom = sorted((first.row, last.row))
    left, right = sorted((first.column, last.column))
    return [[Reference(row, column) for column in range(left, right + 1)] for row in range(top, bottom + 1)]
