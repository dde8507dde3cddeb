"""The spreadsheet function XLOOKUP."""

from sheet.core.coerce import sort_key, to_integer, to_text
from sheet.core.criteria import matcher
from sheet.core.errors import na_error, value_error
from sheet.core.function import function
from sheet.core.ranges import as_matrix, vector
from sheet.core.types import Argument, Value


def _position(wanted: Value, keys: list[Value], mode: int) -> int | None:
    if mode == 2:
        test = matcher("=" + to_text(wanted))
        return next((index for index, key in enumerate(keys) if test(key)), None)
    target = sort_key(wanted)
    ordered = [(sort_key(key), index) for index, key in enumerate(keys) if sort_key(key)[0] == target[0]]
    equal = [index for key, index in ordered if key == target]
    if equal or mode == 0:
        return equal[0] if equal else None
    beyond = [key for key, _ in ordered if (key < target) == (mode < 0)]
    if not beyond:
        return None
    best = max(beyond) if mode < 0 else min(beyond)
    return next(index for key, index in ordered if key == best)


@function
def XLOOKUP(
    wanted: Value, keys: Argument, results: Argument, fallback: Value = None, mode: Value = 0
) -> Argument:
    """Return what stands beside the first key that fits ``wanted``: a cell, or the row or column of a block.

    ``mode``: 0 equal, -1 equal or the next smaller, 1 equal or the next larger, 2 wildcards; others are
    ``#VALUE!``. Nothing fits: ``fallback``, or ``#N/A`` without one. ``#VALUE!`` when sizes differ.
    """
    candidates, block, chosen = vector(keys), as_matrix(results), to_integer(mode)
    upright = len(as_matrix(keys)) == len(candidates)
    if chosen not in {-1, 0, 1, 2} or len(candidates) != (len(block) if upright else len(block[0])):
        raise value_error("keys and results need the same size, and the mode is -1 to 2")
    position = _position(wanted, candidates, chosen)
    if position is None:
        if fallback is None:
            raise na_error("no key fits")
        return fallback
    found = [block[position]] if upright else [[row[position]] for row in block]
    return found[0][0] if len(found) == len(found[0]) == 1 else found
