"""Events of a stream that repeat the one before but for one string: most of them. Pure."""

from collections.abc import Iterable, Iterator
from typing import Any

import pydantic_core

_ATTEMPTS = 6
_OPENING = b"data: "
_ENDING = b"\n\n"
_OTHER_TEXT = "\N{SNOWMAN}"
_TEXT_FIELDS = ("content", "reasoning_content", "reasoning")


class RecurringEvent:
    """Reads the text of events that are known but for it, without reading all the rest of them again.

    What comes out is what decoding the whole event would have given: the bytes around the text are the same, and
    the bytes between them are one JSON string. Streams whose events differ in more than that are soon given up on.

    Attributes:
        field: what the text is: ``content``, a field of reasoning, or the ``arguments`` of a call.
    """

    __slots__ = ("_attempts", "_chunk", "_ending", "_holder", "_opening", "field")

    def __init__(self) -> None:
        self.field = ""
        self._attempts = _ATTEMPTS
        self._opening = b""
        self._ending = b""
        self._chunk: dict[str, Any] = {}
        self._holder: dict[str, Any] = {}

    def learn(self, data: str, chunk: object) -> None:
        """Take in an event that was read in whole.

        Args:
            data: its data.
            chunk: its decoded data, which is changed here.
        """
        if not self._attempts or not isinstance(chunk, dict):
            return
        self._attempts -= 1
        texts = list(_texts_of(chunk))
        if len(texts) != 1:
            return
        [(holder, field)] = texts
        literal = _literal(holder.get(field))
        if not literal:
            return
        before, found, after = data.encode("utf-8", "replace").rpartition(literal)
        holder[field] = _OTHER_TEXT
        if found and _decoded(before + _literal(_OTHER_TEXT) + after) == chunk:
            self.field, self._opening, self._ending = field, _OPENING + before, after + _ENDING
            self._chunk, self._holder = chunk, holder

    @property
    def is_hopeless(self) -> bool:
        """Whether no event recurs, so that it is not worth looking for."""
        return not (self._opening or self._attempts)

    def read(self, data: bytes, position: int) -> tuple[list[str], int]:
        """Return the texts of the events at a position, as long as they recur, and the position after them.

        Args:
            data: bytes of the stream.
            position: where in them an event begins.
        """
        opening, ending = self._opening, self._ending
        texts: list[str] = []
        while opening and data.startswith(opening, position):
            begin = position + len(opening)
            end = data.find(ending, begin)
            text = _decoded(data[begin:end]) if end > begin else None
            if not isinstance(text, str):
                break
            texts.append(text)
            position = end + len(ending)
        return texts, position

    def chunks(self, texts: Iterable[str]) -> Iterator[dict[str, Any]]:
        """Yield the decoded events of these texts: one object, which is changed."""
        for text in texts:
            self._holder[self.field] = text
            yield self._chunk


def _texts_of(chunk: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield what a chunk of one choice adds to its reply: the dictionaries and the fields of texts."""
    delta = _only(chunk, "choices").get("delta")
    if not isinstance(delta, dict):
        return
    if delta.get("tool_calls"):
        function = _only(delta, "tool_calls").get("function")
        yield (function if isinstance(function, dict) else {}), "arguments"
    for field in _TEXT_FIELDS:
        if delta.get(field):
            yield delta, field


def _only(value: object, name: str) -> dict[str, Any]:
    """Return the only entry of a list that an object holds, empty when there is none or another."""
    entries = value.get(name) if isinstance(value, dict) else None
    only = entries[0] if isinstance(entries, list) and len(entries) == 1 else None
    return only if isinstance(only, dict) else {}


def _literal(text: object) -> bytes:
    """Return a text as most servers write it, empty for what is none or cannot be written."""
    try:
        return pydantic_core.to_json(text) if isinstance(text, str) else b""
    except ValueError:  # lone surrogates
        return b""


def _decoded(data: bytes) -> object:
    try:
        return pydantic_core.from_json(data)
    except ValueError:
        return None
