"""The spreadsheet function VLOOKUP."""

from sheet.core.coerce import sort_key, to_bool, to_integer
from sheet.core.criteria import matcher
from sheet.core.errors import na_error, ref_error, value_error
from sheet.core.function import function
from sheet.core.ranges import as_matrix, shape
from sheet.core.types import Argument, Value


@function
def VLOOKUP(wanted: Value, table: Argument, column: Value, approximate: Value = True) -> Value:
    """Return the cell of ``column`` in the row whose first cell fits ``wanted``.

    Exactly: the first equal cell, where texts may hold wildcards. Approximately: the last cell, of cells in
    growing order, that is not above ``wanted``. ``#N/A`` when none fits; a column below 1 is ``#VALUE!``, one
    beyond the table ``#REF!``.
    """
    matrix, number = as_matrix(table), to_integer(column)
    if number < 1:
        raise value_error("columns are counted from 1")
    if number > shape(matrix)[1]:
        raise ref_error("the table has no such column")
    if to_bool(approximate):
        key = sort_key(wanted)
        fitting = [row for row in matrix if sort_key(row[0])[0] == key[0] and sort_key(row[0]) <= key]
        found = fitting[-1] if fitting else None
    else:
        test = matcher("=" + wanted if isinstance(wanted, str) else wanted)
        found = next((row for row in matrix if test(row[0])), None)
    if found is None:
        raise na_error("no row fits")
    return found[number - 1]
