"""Replacing one piece of a text exactly once, and saying what went wrong when that cannot be done. Pure."""

import difflib

from swarm.errors import ToolError

_PLACES_SHOWN = 10
_CONTEXT_LINES = 3
_MOST_LINES_COMPARED = 5000
_MOST_CHARACTERS_COMPARED = 200
_SIMILAR = 0.6


def replace_once(data: bytes, old: str, new: str, *, path: str) -> tuple[bytes, int]:
    """Replace the only occurrence of ``old`` in a file, leaving every other byte as it is.

    In a file whose lines all end with CRLF, line ends in ``old`` and ``new`` are taken for CRLF.

    Args:
        data: the file.
        old: the text to find.
        new: the text to put in its place.
        path: the file's name, for messages.

    Returns:
        The new content, and the number of the line on which the change begins.

    Raises:
        ToolError: ``old`` is empty, is not there, or is there more than once.
    """
    if not old:
        raise ToolError("'old' is empty. Give the text to replace, or use write_file for the whole file.")
    if old == new:
        raise ToolError("'old' and 'new' are the same: there is nothing to change.")
    if _uses_crlf(data):
        old, new = _with_crlf(old), _with_crlf(new)
    wanted = old.encode()
    places = _places(data, wanted)
    if not places:
        raise ToolError(_miss(data.decode(errors="replace"), old.replace("\r\n", "\n"), path))
    if len(places) > 1:
        raise ToolError(_ambiguous(data, places, path))
    start = places[0]
    return data[:start] + new.encode() + data[start + len(wanted) :], _line_number(data, start)


def _uses_crlf(data: bytes) -> bool:
    return b"\r\n" in data and data.count(b"\r\n") == data.count(b"\n")


def _with_crlf(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\n", "\r\n")


def _places(data: bytes, wanted: bytes) -> list[int]:
    """Return where the bytes occur, overlapping occurrences included."""
    places = []
    start = data.find(wanted)
    while start >= 0:
        places.append(start)
        start = data.find(wanted, start + 1)
    return places


def _line_number(data: bytes, position: int) -> int:
    return data.count(b"\n", 0, position) + 1


def _ambiguous(data: bytes, places: list[int], path: str) -> str:
    lines = ", ".join(str(_line_number(data, place)) for place in places[:_PLACES_SHOWN])
    more = ", ..." if len(places) > _PLACES_SHOWN else ""
    return (
        f"'old' occurs {len(places)} times in {path} (on lines {lines}{more}); nothing was changed. "
        "Give more of the lines around the place that you mean."
    )


def _miss(text: str, old: str, path: str) -> str:
    lines, wanted = text.removesuffix("\n").split("\n"), old.strip("\n").split("\n")
    place = _same_but_for_spaces(lines, wanted)
    if place is not None:
        shown = "\n".join(lines[place : place + len(wanted)])
        return (
            f"'old' differs from {path} only in spaces; nothing was changed. "
            f"Lines {place + 1}-{place + len(wanted)} are exactly:\n{shown}"
        )
    place = _most_alike(lines, wanted)
    if place is None:
        return f"'old' is not in {path}, nor anything like it; nothing was changed. Read the file again."
    first, last = max(0, place - _CONTEXT_LINES), min(len(lines), place + len(wanted) + _CONTEXT_LINES)
    shown = "\n".join(lines[first:last])
    return f"'old' is not in {path}; nothing was changed. The closest lines, {first + 1}-{last}, are:\n{shown}"


def _same_but_for_spaces(lines: list[str], wanted: list[str]) -> int | None:
    spaceless_lines, spaceless_wanted = _without_spaces(lines), _without_spaces(wanted)
    if not any(spaceless_wanted):
        return None
    count = len(wanted)
    for place in range(len(lines) - count + 1):
        if spaceless_lines[place] == spaceless_wanted[0] and spaceless_lines[place : place + count] == spaceless_wanted:
            return place
    return None


def _without_spaces(lines: list[str]) -> list[str]:
    return ["".join(line.split()) for line in lines]


def _most_alike(lines: list[str], wanted: list[str]) -> int | None:
    """Return the line at which the text most like the wanted one begins, judged by its most telling line."""
    anchor = max(range(len(wanted)), key=lambda index: len(wanted[index].strip()))
    telling = wanted[anchor].strip()[:_MOST_CHARACTERS_COMPARED]
    if not telling:
        return None
    candidates = [line.strip()[:_MOST_CHARACTERS_COMPARED] for line in lines[:_MOST_LINES_COMPARED]]
    alike = difflib.get_close_matches(telling, dict.fromkeys(candidates), n=1, cutoff=_SIMILAR)
    return max(0, candidates.index(alike[0]) - anchor) if alike else None
