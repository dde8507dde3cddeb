"""The spreadsheet function SUBSTITUTE."""

from sheet.core.coerce import to_integer, to_text
from sheet.core.errors import value_error
from sheet.core.function import function
from sheet.core.types import Value


@function
def SUBSTITUTE(text: Value, old: Value, new: Value, occurrence: Value = None) -> str:
    """Return ``text`` with ``old`` replaced by ``new``, everywhere or at one occurrence (from 1) only.

    Case matters. An occurrence that does not exist changes nothing; one below 1 is ``#VALUE!``.
    """
    content, search, replacement = to_text(text), to_text(old), to_text(new)
    if not search:
        return content
    if occurrence is None:
        return content.replace(search, replacement)
    wanted = to_integer(occurrence)
    if wanted < 1:
        raise value_error("occurrences are counted from 1")
    parts = content.split(search)
    if wanted >= len(parts):
        return content
    return search.join(parts[:wanted]) + replacement + search.join(parts[wanted:])
