"""The spreadsheet function LOOKUP."""

from sheet.core.coerce import sort_key
from sheet.core.errors import na_error, value_error
from sheet.core.function import function
from sheet.core.ranges import vector
from sheet.core.types import Argument, Value


@function
def LOOKUP(wanted: Value, keys: Argument, results: Argument = None) -> Value:
    """Return the result beside the last key, of keys in growing order, that is not above ``wanted``.

    Without ``results`` the key itself is returned. ``#N/A`` when all keys are above it, ``#VALUE!`` when
    sizes differ.
    """
    candidates = vector(keys)
    answers = candidates if results is None else vector(results)
    if len(candidates) != len(answers):
        raise value_error("keys and results need the same size")
    key = sort_key(wanted)
    fitting = [
        answer
        for candidate, answer in zip(candidates, answers, strict=True)
        if sort_key(candidate)[0] == key[0] and sort_key(candidate) <= key
    ]
    if not fitting:
        raise na_error("all keys are above the value")
    return fitting[-1]
