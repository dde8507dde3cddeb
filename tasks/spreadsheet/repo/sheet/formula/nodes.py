"""The parts of a formula, as the parser hands them to the evaluator."""

from dataclasses import dataclass
from typing import TypeAlias

from sheet.core.types import Value
from sheet.formula.references import Reference


@dataclass(frozen=True)
class Literal:
    """A value that is written out; None for an argument that is left empty."""

    value: Value


@dataclass(frozen=True)
class CellNode:
    """The value of one cell."""

    reference: Reference


@dataclass(frozen=True)
class RangeNode:
    """The values of all cells between two corners."""

    first: Reference
    last: Reference


@dataclass(frozen=True)
class Unary:
    """A sign (``-`` or ``+``) before an operand, or a percent sign (``%``) after it."""

    operator: str
    operand: "Node"


@dataclass(frozen=True)
class Binary:
    """An operator between two operands."""

    operator: str
    left: "Node"
    right: "Node"


@dataclass(frozen=True)
class Call:
    """A call of a function, whose name is in upper case."""

    name: str
    arguments: tuple["Node", ...]


Node: TypeAlias = Literal | CellNode | RangeNode | Unary | Binary | Call
