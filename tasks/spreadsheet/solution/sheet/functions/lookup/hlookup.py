"""The spreadsheet function HLOOKUP."""

from sheet.core.coerce import sort_key, to_bool, to_integer
from sheet.core.criteria import matcher
from sheet.core.errors import na_error, ref_error, value_error
from sheet.core.function import function
from sheet.core.ranges import as_matrix
from sheet.core.types import Argument, Value


@function
def HLOOKUP(wanted: Value, table: Argument, row: Value, approximate: Value = True) -> Value:
    """Return the cell of ``row`` below the heading that fits ``wanted``.

    Exactly: the first equal heading, where texts may hold wildcards. Approximately: the last heading, of
    headings in growing order, that is not above ``wanted``. ``#N/A`` when none fits; a row below 1 is
    ``#VALUE!``, one beyond the table ``#REF!``.
    """
    matrix, number = as_matrix(table), to_integer(row)
    if number < 1:
        raise value_error("rows are counted from 1")
    if number > len(matrix):
        raise ref_error("the table has no such row")
    if to_bool(approximate):
        key = sort_key(wanted)
        fitting = [
            c for c, cell in enumerate(matrix[0]) if sort_key(cell)[0] == key[0] and sort_key(cell) <= key
        ]
        position = fitting[-1] if fitting else None
    else:
        test = matcher("=" + wanted if isinstance(wanted, str) else wanted)
        position = next((c for c, cell in enumerate(matrix[0]) if test(cell)), None)
    if position is None:
        raise na_error("no heading fits")
    return matrix[number - 1][position]
