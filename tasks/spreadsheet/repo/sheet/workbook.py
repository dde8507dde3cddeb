"""The workbook: cells, and the recalculation of what depends on them."""

from sheet.core.types import Value


class Workbook:
    """A sheet of cells that are entered as text and read as values.

    Values are always up to date: an entry recalculates the cells that depend on it, and no others.
    """

    def __init__(self) -> None:
        """Begin with blank cells."""
        raise NotImplementedError

    def enter(self, name: str, text: str) -> None:
        """Put ``text`` into a cell, as if it were typed.

        Text that begins with ``=`` is a formula; numbers and TRUE or FALSE become values; an apostrophe at
        the beginning makes the rest a plain text; an empty text clears the cell. A formula that cannot be
        read has an error as value.
        """
        raise NotImplementedError

    def enter_all(self, entries: dict[str, str]) -> None:
        """Put texts into many cells, by name, and recalculate once."""
        raise NotImplementedError

    def value(self, name: str) -> Value:
        """Return the value of a cell, None for a blank one.

        Cells on a cycle, and cells that depend on one, hold ``#CYCLE!``.
        """
        raise NotImplementedError

    def entry(self, name: str) -> str:
        """Return the text that was put into a cell, ``""`` for a blank one."""
        raise NotImplementedError

    def size(self) -> tuple[int, int]:
        """Return the last row and the last column that hold something, or 0 and 0."""
        raise NotImplementedError
