"""Complex numbers, which cells hold as text such as ``3+4i``."""

from sheet.core.types import Argument


def parse_complex(value: Argument) -> complex:
    """Return the complex number that a number or a text such as ``3+4i``, ``-j`` or ``2.5`` spells.

    Blank is 0, a truth value is ``#VALUE!`` and any other text is ``#NUM!``.
    """
    raise NotImplementedError


def suffix_of(*values: Argument) -> str:
    """Return the imaginary unit that the values use: ``j`` if one ends in it, else ``i``.

    Values that use both are ``#VALUE!``.
    """
    raise NotImplementedError


def format_complex(number: complex, suffix: str = "i") -> str:
    """Return ``number`` as text: ``3+4i``, ``-i``, ``2.5``; a part that is 0 is left out, and 0 is ``0``.

    Parts have at most 15 significant digits. A part that is tiny beside the other (below 1e-15 of it) is 0.
    """
    raise NotImplementedError
