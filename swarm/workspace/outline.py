"""Draws the files of a commit as a compact tree that fits a prompt. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from swarm.text import neutralise_line

_MAX_DEPTH = 12
_FILES_PER_FOLDER = (1_000_000, 60, 20, 8, 3, 0)
_UNITS = ("B", "KiB", "MiB", "GiB")


@dataclass(slots=True)
class _Folder:
    folders: "dict[str, _Folder]" = field(default_factory=dict)
    files: dict[str, int] = field(default_factory=dict)
    count: int = 0
    size: int = 0


def draw_outline(files: Iterable[tuple[str, int]], *, max_bytes: int) -> str:
    """Return the paths with their sizes as an indented tree; deep and crowded folders are folded until it fits.

    Args:
        files: paths, ``/``-separated, with sizes in bytes.
        max_bytes: the most bytes of UTF-8 to return.
    """
    root = _build(files)
    for most_files in _FILES_PER_FOLDER:
        for depth in range(_MAX_DEPTH, 0, -1):
            drawn = _draw_within(root, depth, most_files, max_bytes)
            if drawn is not None:
                return drawn
    line = f"{_summary(root)}\n"
    return line if len(line) <= max_bytes else ""


def _build(files: Iterable[tuple[str, int]]) -> _Folder:
    root = _Folder()
    for path, size in files:
        *parents, name = path.split("/")
        folder = root
        _count(folder, size)
        for parent in parents:
            folder = folder.folders.setdefault(parent, _Folder())
            _count(folder, size)
        folder.files[name] = size
    return root


def _count(folder: _Folder, size: int) -> None:
    folder.count += 1
    folder.size += size


def _draw_within(root: _Folder, depth: int, most_files: int, max_bytes: int) -> str | None:
    lines: list[str] = []
    room = max_bytes
    for line in _draw(root, depth, most_files, ""):
        room -= len(line.encode()) + 1
        if room < 0:
            return None
        lines.append(line)
    return "".join(f"{line}\n" for line in lines)


def _draw(folder: _Folder, depth: int, most_files: int, indent: str) -> Iterator[str]:
    for name in sorted(folder.folders):
        below = folder.folders[name]
        yield f"{indent}{neutralise_line(name)}/ ({_summary(below)})"
        if depth > 1:
            yield from _draw(below, depth - 1, most_files, f"{indent}  ")
    shown = sorted(folder.files)[:most_files]
    for name in shown:
        yield f"{indent}{neutralise_line(name)} {_size(folder.files[name])}"
    if len(shown) < len(folder.files):
        yield f"{indent}... {len(folder.files) - len(shown)} {'more ' if shown else ''}files"


def _summary(folder: _Folder) -> str:
    return f"{folder.count} file{'' if folder.count == 1 else 's'}, {_size(folder.size)}"


def _size(size: int) -> str:
    amount = float(size)
    for unit in _UNITS:
        if amount < 1024 or unit == _UNITS[-1]:
            break
        amount /= 1024
    return f"{amount:.0f} {unit}" if unit == "B" or amount >= 10 else f"{amount:.1f} {unit}"
