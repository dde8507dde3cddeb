"""Finds what a source file defines, by patterns of its language: names for a planner, not a parser's truth. Pure.

No text of a repository is handed to a parser here: a hostile one could bring the process down.
"""

import re
from collections.abc import Iterator

LONGEST_LINE = 220
"""The most characters that are told of one file."""

_LONGEST_SOURCE_LINE = 400
_MEMBERS = 6

_PYTHON = re.compile(r"^(    )?(?:async )?(?:def|class) (\w+)")
_SCRIPT = re.compile(
    r"^(?:export )?(?:default )?(?:declare )?(?:abstract )?(?:async )?"
    r"(?:function\*?|class|interface|enum|type|const(?= \w+ = (?:async )?(?:\(|function))) (\w+)"
)
_GO = re.compile(r"^(?:func (?:\([^)]{0,80}\) )?|type )(\w+)")
_RUST = re.compile(r"^(?:    )?pub(?:\([a-z]+\))? (?:async |unsafe |const )*(?:fn|struct|enum|trait|mod|type) (\w+)")
_JVM = re.compile(r"^(?:[a-z]+ ){0,4}(?:class|interface|enum|record|object|fun|struct|func|protocol|def|trait) (\w+)")
_RUBY = re.compile(r"^ *(?:def|class|module) ([\w.?!]+)")
_C = re.compile(r"^(?!return|else|if|for|while|switch)[A-Za-z_][\w *]{0,60}?\b(\w+)\([^;{]{0,200}\)? *\{?$")
_SHELL = re.compile(r"^(?:function )?([\w-]+) ?\(\)")

_PATTERNS: dict[str, re.Pattern[str]] = {
    **dict.fromkeys(("py", "pyi"), _PYTHON),
    **dict.fromkeys(("js", "jsx", "mjs", "ts", "tsx"), _SCRIPT),
    "go": _GO,
    "rs": _RUST,
    **dict.fromkeys(("java", "kt", "cs", "scala", "swift", "php"), _JVM),
    "rb": _RUBY,
    **dict.fromkeys(("c", "cc", "cpp", "h", "hpp"), _C),
    **dict.fromkeys(("sh", "bash"), _SHELL),
}


def has_symbols(path: str) -> bool:
    """Whether files of that name are of a language that is known here."""
    return path.rpartition(".")[2] in _PATTERNS


def symbols_line(path: str, text: str) -> str:
    """Return what a file defines, as one line: ``Parser (parse, expect), main``; empty when nothing was found."""
    pattern = _PATTERNS.get(path.rpartition(".")[2])
    if pattern is None:
        return ""
    found = ", ".join(_grouped(_defined(pattern, text)))
    return found if len(found) <= LONGEST_LINE else f"{found[: LONGEST_LINE - 1]}…"


def _defined(pattern: re.Pattern[str], text: str) -> Iterator[tuple[bool, str]]:
    """Yield whether a name is that of a member, and the name."""
    for line in text.split("\n"):
        found = pattern.match(line[:_LONGEST_SOURCE_LINE])
        if found:
            yield pattern is _PYTHON and found[1] is not None, found[found.re.groups]


def _grouped(defined: Iterator[tuple[bool, str]]) -> Iterator[str]:
    name, members = "", list[str]()
    for is_member, found in defined:
        if is_member and not found.startswith("_"):
            members.append(found)
        elif not is_member:
            if name:
                yield _with_members(name, members)
            name, members = found, []
    if name:
        yield _with_members(name, members)


def _with_members(name: str, members: list[str]) -> str:
    if not members:
        return name
    more = ", …" if len(members) > _MEMBERS else ""
    return f"{name} ({', '.join(members[:_MEMBERS])}{more})"
