"""The parser: from the text of a formula to a tree of nodes."""

from sheet.formula.nodes import Node


def parse(formula: str) -> Node:
    """Return the tree of a formula, given without its ``=``.

    Operators from weak to strong: comparisons, ``&``, ``+ -``, ``* /``, ``^``, signs, ``%``; equal ones group
    from the left. So ``-2^2`` is 4. TRUE and FALSE are values, with or without brackets. A formula that
    cannot be read, or one that is nested more than 100 levels deep, is ``#NAME?``.
    """
    raise NotImplementedError
