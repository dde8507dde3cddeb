"""The spreadsheet function MATCH."""

from sheet.core.coerce import sort_key, to_integer
from sheet.core.criteria import matcher
from sheet.core.errors import na_error
from sheet.core.function import function
from sheet.core.ranges import vector
from sheet.core.types import Argument, Value


@function
def MATCH(wanted: Value, keys: Argument, mode: Value = 1) -> int:
    """Return the position, from 1, of ``wanted`` in a row or column.

    ``mode`` 0: the first equal key, where texts may hold wildcards. 1: the last key that is not above, of
    keys in growing order. -1: the last key that is not below, of keys in falling order. ``#N/A`` when none
    fits.
    """
    candidates, chosen = vector(keys), to_integer(mode)
    if chosen == 0:
        test = matcher("=" + wanted if isinstance(wanted, str) else wanted)
        fitting = [index for index, cell in enumerate(candidates) if test(cell)][:1]
    else:
        target = sort_key(wanted)
        same = [
            (sort_key(cell), index) for index, cell in enumerate(candidates) if sort_key(cell)[0] == target[0]
        ]
        fitting = [index for key, index in same if (key <= target if chosen > 0 else key >= target)]
    if not fitting:
        raise na_error("no key fits")
    return fitting[-1] + 1
