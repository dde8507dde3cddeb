"""The spreadsheet function TEXTBEFORE."""

from sheet.core.coerce import to_integer, to_text
from sheet.core.errors import na_error, value_error
from sheet.core.function import function
from sheet.core.types import Value


@function
def TEXTBEFORE(text: Value, delimiter: Value, occurrence: Value = 1) -> str:
    """Return what precedes one occurrence of ``delimiter``, counted from the end when it is negative.

    ``#N/A`` when there is no such occurrence, ``#VALUE!`` for occurrence 0 or an empty delimiter.
    """
    mark, wanted = to_text(delimiter), to_integer(occurrence)
    if not mark or wanted == 0:
        raise value_error("a delimiter and an occurrence other than 0 are wanted")
    parts = to_text(text).split(mark)
    cut = wanted if wanted > 0 else len(parts) + wanted
    if not 0 < cut < len(parts):
        raise na_error("the delimiter does not occur that often")
    return mark.join(parts[:cut])
