"""Reads the fenced blocks of a page, and the marks that say how a block is to be checked.

A mark is a comment on the line before the block, which readers do not see:

``<!-- file: NAME -->``       the block is the file NAME, for the blocks that follow
``<!-- script -->``           a shell block that is one script, run as a whole
``<!-- output of: CMD -->``   JSON: an object with the same keys as what the command prints
``<!-- not run: WHY -->``     commands are only parsed, Python is only compiled

A page whose blocks take long together is divided into parts, each of which is tested in a project of its own:

``<!-- part: COMMAND -->``    a part begins here; COMMAND is run in its project first. Or without a command.
"""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).parents[2]
LANGUAGES = {"python", "sh", "console", "toml", "json", "text"}

_MARK = re.compile(r"<!-- (file|script|output of|not run)(?:: (.*))? -->")
_PART = re.compile(r"<!-- part(?:: (.*))? -->")
_EXIT_CODE = re.compile(r"#.*\bexit code (\d+)")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: where its first line stands, its language, its text, and its mark."""

    line: int
    language: str
    text: str
    mark: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """What of a page is tested together: the command that comes first, if any, and the blocks."""

    page: Path
    number: int
    before: str
    blocks: tuple[Block, ...]

    @property
    def name(self) -> str:
        return f"{self.page.stem}-{self.number}" if self.number > 1 else self.page.stem


@dataclass(frozen=True, slots=True)
class ShellLine:
    """A command of a shell block, and the exit code that the page says it ends with."""

    line: int
    text: str
    exit_code: int


def pages() -> list[Path]:
    named = [ROOT / name for name in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "AGENTS.md")]
    return [path for path in [*named, *sorted((ROOT / "docs").glob("*.md"))] if path.is_file()]


def blocks(page: Path) -> list[Block]:
    found: list[Block] = []
    lines = page.read_text(encoding="utf-8").splitlines()
    start, language = 0, ""
    for number, line in enumerate(lines, start=1):
        if not line.startswith("```"):
            continue
        if not start:
            start, language = number, line[3:].strip()
            continue
        mark = _MARK.fullmatch(lines[start - 2].strip()) if start > 1 else None
        text = "\n".join(lines[start : number - 1]) + "\n"
        found.append(Block(start + 1, language, text, mark[1] if mark else "", (mark[2] or "") if mark else ""))
        start = 0
    assert not start, f"{page.name}:{start}: the block has no end"
    return found


def parts(page: Path) -> list[Part]:
    """Return the parts of a page; one without marks is one part."""
    lines = page.read_text(encoding="utf-8").splitlines()
    marks = {number: found for number, line in enumerate(lines, start=1) if (found := _PART.fullmatch(line))}
    starts = [0, *marks, len(lines) + 1]
    found_parts: list[Part] = []
    for start, end in pairwise(starts):
        held = tuple(block for block in blocks(page) if start < block.line < end)
        if held:
            before = (marks[start][1] or "") if start else ""
            found_parts.append(Part(page, len(found_parts) + 1, before, held))
    return found_parts


def shell_lines(block: Block) -> Iterator[ShellLine]:
    """Yield the commands of a shell block; in a console block those after a prompt."""
    pending, begun = "", block.line
    for number, line in enumerate(block.text.splitlines(), start=block.line):
        if block.language == "console" and not pending:
            if not line.startswith("$ "):
                continue
            line = line[2:]
        if not pending:
            begun = number
        if line.endswith("\\"):
            pending += line[:-1]
            continue
        text, pending = (pending + line).strip(), ""
        if text and not text.startswith("#"):
            code = _EXIT_CODE.search(text)
            yield ShellLine(begun, text, int(code[1]) if code else 0)


def words(command: str) -> list[str]:
    """Return the words of a command, without comments and without what follows a pipe."""
    found = shlex.split(command, comments=True)
    for stop in ("|", "&", ">", "&&"):
        if stop in found:
            found = found[: found.index(stop)]
    return found


def headings(text: str) -> set[str]:
    """Return the anchors that the headings of a page give."""
    titles = re.findall(r"^#+ (.*)$", re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}
