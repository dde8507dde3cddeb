"""The spreadsheet function CONVERT."""

from sheet.core.function import function
from sheet.core.types import Value


@function
def CONVERT(number: Value, source: Value, target: Value) -> float:
    """Return a number of one unit in another unit of the same quantity.

    Units: length ``m`` ``km`` ``cm`` ``mm`` ``in`` ``ft`` ``yd`` ``mi`` ``Nmi``; mass ``kg`` ``g`` ``lbm``
    ``ozm``; time ``s`` ``min`` ``hr`` ``day``; temperature ``C`` ``F`` ``K``; energy ``J`` ``cal`` ``Wh``;
    volume ``l`` ``ml`` ``gal``. Case matters. ``#N/A`` for unknown units or units of different quantities.
    """
    raise NotImplementedError
