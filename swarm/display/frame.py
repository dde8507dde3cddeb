"""One frame of the live display. It shows sums, never a row per agent, so 300 agents cost what three cost."""

import heapq
from collections.abc import Iterable
from dataclasses import dataclass

from rich.console import Group, RenderableType
from rich.text import Text

from swarm.core.figures import duration
from swarm.core.parts import AttemptView, SubtaskStatus
from swarm.core.views import RunView
from swarm.core.wording import Notable, Tone
from swarm.display.base import SIMULATED, figures
from swarm.text import neutralise_line

AGENT_ROWS = 6
LONGEST_ROWS = 3
RETRIED_ROWS = 2
NOTABLE_ROWS = 4


@dataclass(frozen=True, slots=True)
class Look:
    """How something is drawn: a character, one for terminals without Unicode, and a style."""

    glyph: str
    plain: str
    style: str


STATUS_LOOKS = {
    SubtaskStatus.DONE: Look("█", "#", "green"),
    SubtaskStatus.UNVERIFIED: Look("█", "u", "yellow"),
    SubtaskStatus.FAILED: Look("█", "X", "red"),
    SubtaskStatus.CANCELLED: Look("▒", "c", "bright_black"),
    SubtaskStatus.SKIPPED: Look("▒", "s", "bright_black"),
    SubtaskStatus.INTEGRATING: Look("▓", "m", "bright_green"),
    SubtaskStatus.VERIFYING: Look("▓", "v", "cyan"),
    SubtaskStatus.RUNNING: Look("▓", "r", "blue"),
    SubtaskStatus.SUSPENDED: Look("▓", "w", "magenta"),
    SubtaskStatus.WAITING: Look("▓", "?", "yellow"),
    SubtaskStatus.DELEGATED: Look("▒", "d", "blue"),
    SubtaskStatus.READY: Look("░", "-", "white"),
    SubtaskStatus.BLOCKED: Look("·", ".", "bright_black"),
}

AGENT_LOOKS = {
    "thinking": Look("●", "o", "blue"),
    "acting": Look("◆", "#", "bright_blue"),
    "suspended": Look("◌", "w", "magenta"),
    "verifying": Look("◐", "v", "cyan"),
    "integrating": Look("▲", "m", "bright_green"),
}

TONE_STYLES = {Tone.GOOD: "green", Tone.PLAIN: "", Tone.ODD: "yellow", Tone.BAD: "red"}


class Cells:
    """Gives each attempt at work a cell that stays where it is until the attempt ends."""

    def __init__(self) -> None:
        self._cells: list[str] = []

    def place(self, active: Iterable[str]) -> list[str]:
        """Return attempt ids by cell; an empty string is a free cell."""
        wanted = dict.fromkeys(active)
        self._cells = [cell if cell in wanted else "" for cell in self._cells]
        known = set(self._cells)
        new = [identifier for identifier in wanted if identifier not in known]
        free = [index for index, cell in enumerate(self._cells) if not cell]
        for index, identifier in zip(free, new, strict=False):
            self._cells[index] = identifier
        self._cells.extend(new[len(free) :])
        while self._cells and not self._cells[-1]:
            self._cells.pop()
        return list(self._cells)


def frame(view: RunView, now: float, width: int, cells: Cells, *, unicode: bool = True) -> RenderableType:
    """Return the frame. Text from outside is neutralised and never read as markup.

    Args:
        view: the run.
        now: wall-clock time in Unix seconds.
        width: columns of the terminal.
        cells: keeps agents in their places from frame to frame.
        unicode: whether the terminal can show more than ASCII.
    """
    lines: list[Text] = []
    if view.simulated:
        lines.append(_line(f" {SIMULATED} ", width, "black on yellow"))
    lines.append(_title(view, width))
    lines.extend(_flow([Text(item) for item in figures(view, now)], width))
    lines.append(_bar(view, width, unicode))
    lines.extend(_flow(list(_legend(view, unicode)), width, between="   "))
    lines.extend(_agents(view, width, cells, unicode))
    lines.extend(_rows(view, now, width))
    lines.extend(_notable(item, width) for item in list(view.notables)[-NOTABLE_ROWS:])
    return Group(*lines)


def _line(text: str, width: int, style: str = "") -> Text:
    line = Text(neutralise_line(text), style=style, no_wrap=True, overflow="ellipsis", end="\n")
    line.truncate(width, overflow="ellipsis")
    return line


def _title(view: RunView, width: int) -> Text:
    goal = view.task.name or view.task.instruction if view.task else ""
    return _line(f"{view.run_id}  {' '.join(goal[:400].split())}", width, "bold")


def _flow(items: list[Text], width: int, between: str = " · ") -> list[Text]:
    """Put items on as few lines as hold them."""
    lines: list[Text] = []
    for item in items:
        item.truncate(width, overflow="ellipsis")
        if lines and lines[-1].cell_len + 3 + item.cell_len <= width:
            lines[-1].append(between, style="bright_black").append_text(item)
        else:
            lines.append(Text(no_wrap=True).append_text(item))
    return lines


def _bar(view: RunView, width: int, unicode: bool) -> Text:
    total = len(view.subtasks)
    bar = Text(no_wrap=True)
    passed = drawn = 0
    for status, look in STATUS_LOOKS.items():
        passed += view.counts[status]
        upto = round(width * passed / total) if total else 0
        bar.append((look.glyph if unicode else look.plain) * (upto - drawn), style=look.style)
        drawn = upto
    return bar


def _legend(view: RunView, unicode: bool) -> Iterable[Text]:
    for status, look in STATUS_LOOKS.items():
        if view.counts[status]:
            glyph = look.glyph if unicode else look.plain
            yield Text(f"{glyph} ", style=look.style).append(f"{view.counts[status]} {status}", style="default")


def _phase(attempt: AttemptView) -> str:
    if attempt.status.value in AGENT_LOOKS:
        return attempt.status.value
    return "thinking" if attempt.thinking else "acting"


def _agents(view: RunView, width: int, cells: Cells, unicode: bool) -> list[Text]:
    placed = cells.place(view.active)
    shown = placed[: width * AGENT_ROWS]
    lines: list[Text] = []
    for start in range(0, len(shown), width):
        line = Text(no_wrap=True)
        for identifier in shown[start : start + width]:
            look = AGENT_LOOKS[_phase(view.active[identifier])] if identifier else Look(" ", " ", "")
            line.append(look.glyph if unicode else look.plain, style=look.style)
        lines.append(line)
    hidden = sum(1 for identifier in placed[len(shown) :] if identifier)
    if hidden:
        lines.append(_line(f"and {hidden} more agents", width, "bright_black"))
    return lines


def _rows(view: RunView, now: float, width: int) -> list[Text]:
    driven = view.driven_at(now)
    working = [attempt for attempt in view.active.values() if attempt.worked_until_s is None]
    longest = heapq.nlargest(LONGEST_ROWS, working, key=lambda attempt: attempt.seconds(driven))
    retried = [attempt for attempt in working if attempt.number > 1 and attempt not in longest]
    rows = longest + heapq.nlargest(RETRIED_ROWS, retried, key=lambda attempt: attempt.number)
    return [_line(_row(attempt, driven), width, "yellow" if attempt.number > 1 else "") for attempt in rows]


def _row(attempt: AttemptView, driven_s: float) -> str:
    return f"{duration(attempt.seconds(driven_s)):>8} {attempt.id}  step {attempt.step}  {attempt.doing}"


def _notable(item: Notable, width: int) -> Text:
    return _line(item.text, width, TONE_STYLES[item.tone])
