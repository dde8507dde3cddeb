"""The spreadsheet function CONVERT."""

from sheet.core.coerce import to_number, to_text
from sheet.core.errors import na_error
from sheet.core.function import function
from sheet.core.types import Value

_UNITS = {
    "length": {
        "m": 1,
        "km": 1000,
        "cm": 0.01,
        "mm": 0.001,
        "in": 0.0254,
        "ft": 0.3048,
        "yd": 0.9144,
        "mi": 1609.344,
        "Nmi": 1852,
    },
    "mass": {"kg": 1, "g": 0.001, "lbm": 0.45359237, "ozm": 0.028349523125},
    "time": {"s": 1, "min": 60, "hr": 3600, "day": 86400},
    "temperature": {"K": 1, "C": 1, "F": 5 / 9},
    "energy": {"J": 1, "cal": 4.1868, "Wh": 3600},
    "volume": {"l": 1, "ml": 0.001, "gal": 3.785411784},
}
_OFFSETS = {"C": 273.15, "F": 273.15 - 32 * 5 / 9}


@function
def CONVERT(number: Value, source: Value, target: Value) -> float:
    """Return a number of one unit in another unit of the same quantity.

    Units: length ``m`` ``km`` ``cm`` ``mm`` ``in`` ``ft`` ``yd`` ``mi`` ``Nmi``; mass ``kg`` ``g`` ``lbm``
    ``ozm``; time ``s`` ``min`` ``hr`` ``day``; temperature ``C`` ``F`` ``K``; energy ``J`` ``cal`` ``Wh``;
    volume ``l`` ``ml`` ``gal``. Case matters. ``#N/A`` for unknown units or units of different quantities.
    """
    first, second = to_text(source), to_text(target)
    for units in _UNITS.values():
        if first in units and second in units:
            basic = to_number(number) * units[first] + _OFFSETS.get(first, 0)
            return (basic - _OFFSETS.get(second, 0)) / units[second]
    raise na_error("these units do not belong together")
