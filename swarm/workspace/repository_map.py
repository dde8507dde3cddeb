"""What a planner sees of a repository: its files and what they define."""

import asyncio
import re
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from swarm.core.repository_map import RepositoryMap
from swarm.text import neutralise_line
from swarm.workspace.outline import draw_outline
from swarm.workspace.repository import RunRepository
from swarm.workspace.symbols import has_symbols, symbols_line

MAP_BYTES = 24_000
"""How much of a prompt the map of the repository may take."""

_OUTLINE_SHARE = 0.6
_LARGEST_SOURCE = 100_000
_MOST_SOURCES = 400
_MOST_BYTES = 4_000_000
_TEST = re.compile(r"(^|/)tests?(/|_)|_test\.|\.test\.|\.spec\.")


async def map_repository(repository: RunRepository, commit: str, *, goal: str = "") -> RepositoryMap:
    """Return a map of a commit that fits a prompt. Files that the goal names come first. Raises GitError."""
    files = await repository.files(commit)
    texts = await repository.texts(commit, list(_sources(files, goal)), max_bytes=_MOST_BYTES)
    text = await asyncio.to_thread(_draw, files, texts)
    return RepositoryMap(text, frozenset(path for path, _ in files))


def _draw(files: list[tuple[str, int]], texts: dict[str, str]) -> str:
    lines = [(path, symbols_line(path, text)) for path, text in texts.items()]
    defined = [f"{neutralise_line(path)}: {neutralise_line(found)}" for path, found in lines if found]
    outline = draw_outline(files, max_bytes=int(MAP_BYTES * (_OUTLINE_SHARE if defined else 1.0)))
    room = MAP_BYTES - len(outline.encode())
    kept: list[str] = []
    for line in defined:
        room -= len(line.encode()) + 1
        if room < 0:
            break
        kept.append(line)
    if not kept:
        return outline
    left = f"\n... and {len(defined) - len(kept)} more files" if len(kept) < len(defined) else ""
    return f"{outline}\nWhat they define:\n\n" + "\n".join(kept) + left


def _sources(files: Iterable[tuple[str, int]], goal: str) -> Iterator[str]:
    """Yield the files whose symbols are worth showing, the likeliest first: named, not a test, near the root."""
    candidates = [path for path, size in files if has_symbols(path) and 0 < size <= _LARGEST_SOURCE]

    def order(path: str) -> tuple[bool, bool, int, str]:
        named = path in goal or PurePosixPath(path).name in goal
        return not named, _TEST.search(path) is not None, path.count("/"), path

    yield from sorted(candidates, key=order)[:_MOST_SOURCES]
