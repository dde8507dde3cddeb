"""The spreadsheet function DATEDIF."""

from sheet.core.coerce import to_text
from sheet.core.dates import add_months, to_date
from sheet.core.errors import num_error
from sheet.core.function import function
from sheet.core.types import Value


@function
def DATEDIF(start: Value, end: Value, unit: Value) -> int:
    """Return the whole time between two days.

    ``unit``: ``Y`` years, ``M`` months, ``D`` days, ``YM`` months after the last whole year, ``MD`` days
    after the last whole month, ``YD`` days after the last whole year. ``#NUM!`` for other units or an end
    before the start.
    """
    first, last, wanted = to_date(start), to_date(end), to_text(unit).upper()
    if last < first or wanted not in {"Y", "M", "D", "YM", "MD", "YD"}:
        raise num_error("the end comes first, or the unit is unknown")
    months = (last.year - first.year) * 12 + last.month - first.month - (last.day < first.day)
    answers = {
        "Y": months // 12,
        "M": months,
        "D": (last - first).days,
        "YM": months % 12,
        "MD": (last - add_months(first, months)).days,
        "YD": (last - add_months(first, months // 12 * 12)).days,
    }
    return answers[wanted]
