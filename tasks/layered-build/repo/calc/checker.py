"""Finds what is wrong with a program before it runs."""

from calc.tree import Statement


def check(program: tuple[Statement, ...]) -> None:
    """See that each name has a value by the time that it is used, and each call is one of a function.

    Raises:
        CalcError: the first mistake, with its place: ``NAME has no value``, ``there is no function NAME``, or
            ``NAME takes N arguments, not M``.
    """
    raise NotImplementedError
