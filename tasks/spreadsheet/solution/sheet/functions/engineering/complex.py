"""The spreadsheet function COMPLEX."""

from sheet.core.coerce import to_number, to_text
from sheet.core.complexes import format_complex
from sheet.core.errors import value_error
from sheet.core.function import function
from sheet.core.types import Value


@function
def COMPLEX(real: Value, imaginary: Value, suffix: Value = "i") -> str:
    """Return a complex number as text; the suffix is ``i`` or ``j``, another is ``#VALUE!``."""
    unit = to_text(suffix)
    if unit not in {"i", "j"}:
        raise value_error("the suffix is i or j")
    return format_complex(complex(to_number(real), to_number(imaginary)), unit)
