"""What a planner sees of a repository: its files and what they define."""

import asyncio
import contextlib
import os
import re
from collections.abc import Iterable, Iterator, Sequence
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
    texts = await _read(repository, commit, list(_sources(files, goal)))
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


async def _read(repository: RunRepository, commit: str, paths: Sequence[str]) -> dict[str, str]:
    """Return what stands in some files of a commit, as far as it is UTF-8 text and not too much together."""
    named = [path for path in paths if "\n" not in path]
    if not named:
        return {}
    asked = b"".join(f"{commit}:".encode() + os.fsencode(path) + b"\n" for path in named)
    read = await repository.git.run(
        "cat-file", "--batch", git_dir=repository.folder, stdin=asked, output_limit=_MOST_BYTES, truncate=True
    )
    return dict(_texts(named, read.stdout))


def _texts(paths: Sequence[str], output: bytes) -> Iterator[tuple[str, str]]:
    """Yield the texts in what `git cat-file --batch` wrote, which may be cut off."""
    at = 0
    for path in paths:
        end = output.find(b"\n", at)
        header = output[at:end].rsplit(b" ", 2)
        if end < 0:
            return
        at = end + 1
        if len(header) != 3 or header[1] != b"blob":
            continue  # missing, or no file
        body = output[at : at + int(header[2])]
        at += int(header[2]) + 1
        if len(body) == int(header[2]):
            with contextlib.suppress(UnicodeDecodeError):
                yield path, body.decode()
