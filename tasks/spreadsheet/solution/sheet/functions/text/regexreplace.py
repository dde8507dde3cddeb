"""The spreadsheet function REGEXREPLACE."""

import re

from sheet.core.coerce import to_text
from sheet.core.errors import value_error
from sheet.core.function import function
from sheet.core.types import Value


@function
def REGEXREPLACE(text: Value, pattern: Value, replacement: Value) -> str:
    """Return ``text`` with all matches of a regular expression replaced.

    ``$1`` to ``$9`` in the replacement stand for groups. ``#VALUE!`` for an invalid expression or a group
    that is missing.
    """
    template = re.sub(r"\$([1-9])", r"\\g<\1>", to_text(replacement).replace("\\", r"\\"))
    try:
        return re.sub(to_text(pattern), template, to_text(text))
    except (re.error, IndexError):
        raise value_error("that is not a regular expression") from None
