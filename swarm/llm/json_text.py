"""JSON text, read and written several times as fast as by the standard library, which has the last word: pure."""

import json

import pydantic_core

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def decoded(text: str | bytes) -> object:
    """Return the value of a JSON text; bytes that are not UTF-8 become replacement characters.

    Raises:
        ValueError: the text is no JSON.
        RecursionError: it is nested too deeply.
    """
    try:
        return pydantic_core.from_json(text)
    except (ValueError, TypeError):  # deeper nesting, other bytes; lone surrogates, escaped and as they are
        return json.loads(text if isinstance(text, str) else text.decode("utf-8", "replace"))


def encoded(value: object) -> bytes:
    """Return a value as JSON text. What UTF-8 cannot carry (lone surrogates) becomes a question mark."""
    try:
        return pydantic_core.to_json(value)
    except ValueError:  # lone surrogates, and what only the standard library knows
        return _ENCODER.encode(value).encode("utf-8", "replace")
