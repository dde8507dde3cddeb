"""The evaluator: from a tree of nodes to a value."""

from collections.abc import Callable

from sheet.core.types import Argument, Value
from sheet.formula.nodes import Node
from sheet.formula.references import Reference

Reader = Callable[[Reference], Value]


def evaluate(node: Node, read: Reader) -> Argument:
    """Return what a tree stands for: a value, or a matrix for a range or a function that returns one.

    ``read`` gives the value of a cell, errors included. An error that is the result is raised; errors among
    the arguments of a function are handed to it. Wrong numbers of arguments are ``#VALUE!``.
    """
    raise NotImplementedError


def evaluate_formula(formula: str, read: Reader) -> Value:
    """Return the value of a formula (without its ``=``) for one cell; an error is returned, not raised.

    Of a matrix the first cell counts, and a blank is 0.
    """
    raise NotImplementedError
