"""Records: a table with a heading row, asked with a table of conditions."""

from sheet.core.types import Argument, Matrix, Value


def column_of(database: Matrix, field: Argument) -> int:
    """Return the index (from 0) of the column that ``field`` names.

    ``field`` is a heading (case is ignored) or the number of a column, counted from 1; another is
    ``#VALUE!``.
    """
    raise NotImplementedError


def select(database: Matrix, criteria: Matrix) -> Matrix:
    """Return the rows of ``database`` (without its headings) that meet ``criteria``.

    The first row of ``criteria`` holds headings. Each further row is an alternative: a record is taken when
    all the filled cells of at least one row are met. A row without a filled cell is met by every record, and
    so are criteria that have headings only. An unknown heading over a filled cell is ``#VALUE!``.
    """
    raise NotImplementedError


def selected_values(database: Matrix, field: Argument, criteria: Matrix) -> list[Value]:
    """Return the cells of column ``field`` in the records that meet ``criteria``, blanks included."""
    raise NotImplementedError
