"""The spreadsheet function COMPLEX."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def COMPLEX(real: Value, imaginary: Value, suffix: Value = "i") -> str:
    """Return a complex number as text; the suffix is ``i`` or ``j``, another is ``#VALUE!``."""
    raise NotImplementedError
