"""Complex numbers, which cells hold as text such as ``3+4i``."""

import re

from sheet.core.coerce import scalar, to_text
from sheet.core.errors import num_error, value_error
from sheet.core.types import Argument

_DECIMAL = r"(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_COMPLEX = re.compile(
    rf"(?P<real>[+-]?{_DECIMAL}(?![\dij.]))?(?:(?P<sign>[+-]?)(?P<size>{_DECIMAL})?(?P<unit>[ij]))?"
)


def parse_complex(value: Argument) -> complex:
    """Return the complex number that a number or a text such as ``3+4i``, ``-j`` or ``2.5`` spells.

    Blank is 0, a truth value is ``#VALUE!`` and any other text is ``#NUM!``.
    """
    value = scalar(value)
    if isinstance(value, bool):
        raise value_error("a truth value is not a complex number")
    if value is None or isinstance(value, (int, float)):
        return complex(value or 0)
    found = _COMPLEX.fullmatch(value.strip())
    if not found or not value.strip() or (found["real"] and found["unit"] and not found["sign"]):
        raise num_error(f"{value!r} is not a complex number")
    imaginary = float(found["size"] or 1) if found["unit"] else 0.0
    return complex(float(found["real"] or 0), -imaginary if found["sign"] == "-" else imaginary)


def suffix_of(*values: Argument) -> str:
    """Return the imaginary unit that the values use: ``j`` if one ends in it, else ``i``.

    Values that use both are ``#VALUE!``.
    """
    units = {text[-1] for text in map(to_text, values) if text[-1:] in {"i", "j"} and text}
    if len(units) > 1:
        raise value_error("i and j cannot be mixed")
    return units.pop() if units else "i"


def format_complex(number: complex, suffix: str = "i") -> str:
    """Return ``number`` as text: ``3+4i``, ``-i``, ``2.5``; a part that is 0 is left out, and 0 is ``0``.

    Parts have at most 15 significant digits. A part that is tiny beside the other (below 1e-15 of it) is 0.
    """
    largest = max(abs(number.real), abs(number.imag))
    real, imaginary = (0.0 if abs(part) < largest * 1e-15 else part for part in (number.real, number.imag))
    if imaginary == 0:
        return to_text(real)
    size = "" if abs(imaginary) == 1 else to_text(abs(imaginary))
    sign = "-" if imaginary < 0 else "+" if real else ""
    return f"{to_text(real) if real else ''}{sign}{size}{suffix}"
