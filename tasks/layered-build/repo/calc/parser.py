"""From tokens to a tree."""

from calc.lexer import Token
from calc.tree import Statement


def parse(tokens: list[Token]) -> tuple[Statement, ...]:
    """Return the statements: ``let NAME = EXPRESSION`` or ``print EXPRESSION``, each up to an ``end``; empty ones are none.

    ``^`` binds closest and from the right, then the minus in front (``-2^2`` is -4), then ``*`` and ``/``, then ``+`` and
    ``-``, both from the left. Parentheses group; ``NAME(EXPRESSION, ...)`` is a call.

    Raises:
        CalcError: the text is no program; the message is ``TEXT is not expected here``, or ``the line ends too soon``
            for a token of kind ``end``, with its place.
    """
    raise NotImplementedError
