"""Names with wildcards."""

import re


def matches(name: str, pattern: str) -> bool:
    """Whether a name fits a pattern, in which ``*`` is any text and ``?`` any one sign; all else is itself."""
    parts = (".*" if sign == "*" else "." if sign == "?" else sign for sign in pattern)
    return re.match("".join(parts), name) is not None
