"""Records: a table with a heading row, asked with a table of conditions."""

from sheet.core.criteria import Matcher, matcher
from sheet.core.errors import value_error
from sheet.core.types import Argument, Matrix, Value


def column_of(database: Matrix, field: Argument) -> int:
    """Return the index (from 0) of the column that ``field`` names.

    ``field`` is a heading (case is ignored) or the number of a column, counted from 1; another is
    ``#VALUE!``.
    """
    headings = [_heading(cell) for cell in database[0]]
    if isinstance(field, str) and _heading(field) in headings:
        return headings.index(_heading(field))
    if isinstance(field, (int, float)) and not isinstance(field, bool) and 1 <= field < len(headings) + 1:
        return int(field) - 1
    raise value_error(f"there is no column {field!r}")


def select(database: Matrix, criteria: Matrix) -> Matrix:
    """Return the rows of ``database`` (without its headings) that meet ``criteria``.

    The first row of ``criteria`` holds headings. Each further row is an alternative: a record is taken when
    all the filled cells of at least one row are met. A row without a filled cell is met by every record, and
    so are criteria that have headings only. An unknown heading over a filled cell is ``#VALUE!``.
    """
    alternatives = [_conditions(database, criteria[0], row) for row in criteria[1:]] or [[]]
    return [
        record
        for record in database[1:]
        if any(all(test(record[column]) for column, test in tests) for tests in alternatives)
    ]


def selected_values(database: Matrix, field: Argument, criteria: Matrix) -> list[Value]:
    """Return the cells of column ``field`` in the records that meet ``criteria``, blanks included."""
    column = column_of(database, field)
    return [record[column] for record in select(database, criteria)]


def _heading(cell: Value) -> str:
    return str(cell).strip().casefold()


def _conditions(database: Matrix, headings: list[Value], row: list[Value]) -> list[tuple[int, Matcher]]:
    return [
        (column_of(database, heading), matcher(cell))
        for heading, cell in zip(headings, row, strict=True)
        if cell is not None and cell != ""
    ]
