"""The new interface: a format is a value that says which bytes it begins with."""

from dataclasses import dataclass

HEAD_BYTES = 512
"""How much of a file is read, once for all formats."""


@dataclass(frozen=True)
class Signature:
    """Which bytes have to be where: each of ``alternatives`` is a set of (offset, bytes) that must all fit."""

    alternatives: tuple[tuple[tuple[int, bytes], ...], ...]

    def __or__(self, other: "Signature") -> "Signature":
        return Signature(self.alternatives + other.alternatives)

    def __and__(self, other: "Signature") -> "Signature":
        return Signature(tuple(one + two for one in self.alternatives for two in other.alternatives))

    def fits(self, head: bytes) -> bool:
        """Whether one of the alternatives fits the beginning of a file."""
        return any(all(head.startswith(text, at) for at, text in each) for each in self.alternatives)


def magic(text: bytes, at: int = 0) -> Signature:
    """Return the signature of files that have these bytes at this offset. Combine with ``&`` and ``|``."""
    return Signature((((at, text),),))


@dataclass(frozen=True)
class Format:
    """A kind of file."""

    name: str
    mime: str
    extensions: tuple[str, ...]
    signature: Signature
