"""Precedents: the cells that a formula reads."""

from collections.abc import Iterator

from sheet.formula.nodes import Binary, Call, CellNode, Literal, Node, RangeNode, Unary
from sheet.formula.references import Reference, block


def precedents(node: Node) -> set[Reference]:
    """Return all cells that are named in the tree, those in branches that may never be taken included."""
    return set(_walk(node))


def _walk(node: Node) -> Iterator[Reference]:
    match node:
        case Literal():
            return
        case CellNode(reference):
            yield reference
        case RangeNode(first, last):
            for row in block(first, last):
                yield from row
        case Unary(_, operand):
            yield from _walk(operand)
        case Binary(_, left, right):
            yield from _walk(left)
            yield from _walk(right)
        case Call(_, arguments):
            for argument in arguments:
                yield from _walk(argument)
