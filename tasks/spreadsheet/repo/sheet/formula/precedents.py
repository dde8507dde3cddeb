"""Precedents: the cells that a formula reads."""

from sheet.formula.nodes import Node
from sheet.formula.references import Reference


def precedents(node: Node) -> set[Reference]:
    """Return all cells that are named in the tree, those in branches that may never be taken included."""
    raise NotImplementedError
