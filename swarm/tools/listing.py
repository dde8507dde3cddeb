"""Shows many paths in few lines: folders that hold too much are shown closed, with a count. Pure."""

from collections import defaultdict
from collections.abc import Iterable

from swarm.text import neutralise_line


def render_listing(paths: Iterable[str], *, most_lines: int) -> str:
    """Return paths one a line, sorted; where there are too many, the deepest folders are closed first.

    Args:
        paths: relative paths of files.
        most_lines: how many lines to show at most.
    """
    children: dict[str, set[str]] = defaultdict(set)
    counts: dict[str, int] = defaultdict(int)
    for path in paths:
        folder = ""
        for part in path.split("/")[:-1]:
            children[folder].add(f"{folder}{part}/")
            folder = f"{folder}{part}/"
            counts[folder] += 1
        children[folder].add(path)
    shown = _open_folders(children, most_lines)
    lines = [_line(entry, counts) for entry in sorted(shown)]
    if len(lines) > most_lines:
        left_out = len(lines) - most_lines
        lines[most_lines:] = [f"... and {left_out} more: name a folder, or search."]
    return "\n".join(lines) or "(no files)"


def _open_folders(children: dict[str, set[str]], most_lines: int) -> set[str]:
    """Return the entries to show: what is not alone is opened level by level while there is room."""
    shown = set(children[""])
    while len(shown) == 1 and shown <= children.keys():
        shown = set(children[shown.pop()])
    level = sorted(shown)
    while level:
        opened = []
        for entry in level:
            if entry in children and len(shown) - 1 + len(children[entry]) <= most_lines:
                shown.remove(entry)
                shown |= children[entry]
                opened += sorted(children[entry])
        level = opened
    return shown


def _line(entry: str, counts: dict[str, int]) -> str:
    if entry not in counts:
        return neutralise_line(entry)
    count = counts[entry]
    return f"{neutralise_line(entry)} ({count} file{'' if count == 1 else 's'})"
