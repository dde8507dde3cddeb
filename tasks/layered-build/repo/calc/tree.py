"""What the parser makes of a text: expressions and statements."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Number:
    """A number as it stands in the text."""

    value: float


@dataclass(frozen=True)
class Name:
    """The value of a name."""

    name: str
    place: str = ""


@dataclass(frozen=True)
class Negated:
    """``-of``."""

    of: "Expression"


@dataclass(frozen=True)
class Binary:
    """``left sign right``; the sign is one of ``+ - * / ^``."""

    sign: str
    left: "Expression"
    right: "Expression"


@dataclass(frozen=True)
class Call:
    """A function's value, such as ``max(1, 2)``."""

    name: str
    arguments: tuple["Expression", ...]
    place: str = ""


Expression = Number | Name | Negated | Binary | Call


@dataclass(frozen=True)
class Let:
    """``let name = value``."""

    name: str
    value: Expression


@dataclass(frozen=True)
class Print:
    """``print value``."""

    value: Expression


Statement = Let | Print
