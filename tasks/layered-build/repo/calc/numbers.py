"""Numbers as people write them."""


def shown(value: float) -> str:
    """Return a number as it is printed: whole ones without a point, others with up to ten significant digits.

    There is no ``-0``, and no exponent for whole numbers below 1e15.
    """
    raise NotImplementedError
