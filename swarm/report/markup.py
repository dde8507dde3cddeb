"""Markdown from text that is not ours: nothing in it is markup, HTML, a link, or a terminal's command."""

import re

from swarm.core.wording import one_line
from swarm.text import neutralise, neutralise_line

_MARKUP = re.compile(r"[\\`*_\[\]<>&|~$]")
_HTML = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_BLOCK_START = re.compile(r"^(\d{0,9})([-#+=.):])")
_LINK = re.compile(r"(?<=:)//|(?<=www)\.", re.IGNORECASE)


def inline(text: str, length: int = 300) -> str:
    """Return text for a paragraph, a list item or a table cell: one line, everything in it taken literally."""
    line = neutralise_line(one_line(text, length))
    line = _MARKUP.sub(lambda match: _HTML.get(match[0], f"\\{match[0]}"), line)
    line = _LINK.sub(lambda match: f"\\{match[0]}", line)
    return _BLOCK_START.sub(r"\1\\\2", line)


def code(text: str, length: int = 200, *, in_table: bool = False) -> str:
    """Return text as inline code. In a table, a bar needs a backslash even there."""
    line = neutralise_line(one_line(text, length))
    if in_table:
        line = line.replace("|", "\\|")
    fence = "`" * (_longest_run(line) + 1)
    padding = " " if not line or line[0] == "`" or line[-1] == "`" else ""
    return f"{fence}{padding}{line}{padding}{fence}"


def block(text: str, lines: int = 20, length: int = 200) -> list[str]:
    """Return text as a fenced block of at most so many lines, the last ones where there are more."""
    shown = [line[:length] for line in neutralise(text).strip("\n").split("\n")]
    left_out = len(shown) - lines
    if left_out > 0:
        shown = [f"[... {left_out} lines left out ...]", *shown[-lines:]]
    fence = "`" * max(3, *(_longest_run(line) + 1 for line in shown))
    return [f"{fence}text", *shown, fence]


def table(header: list[str], rows: list[list[str]]) -> list[str]:
    """Return the lines of a table whose cells are escaped already."""
    return [f"| {' | '.join(cells)} |" for cells in [header, ["---"] * len(header), *rows]]


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)
