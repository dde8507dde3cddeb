import io
import time

import pytest
from rich.cells import cell_len
from rich.console import Console

from swarm.core.events import AttemptOutcome, NoteRecorded, PauseReason, RunOutcome, RunSettings
from swarm.core.figures import cost, duration, percent, short_count
from swarm.core.limits import Spent
from swarm.core.plan import Subtask
from swarm.core.views import RunView, restored
from swarm.display import make_display
from swarm.display.frame import Cells, frame
from swarm.display.live import LiveDisplay
from swarm.display.plain import PlainDisplay
from swarm.errors import UsageError
from swarm.testing.scripted_run import ScriptedRun, accepted, rejected

HOSTILE = "\x1b]52;c;ZXZpbA==\x07[bold red]x[/]\u202e<b>\x1b[2J\r\n\x9b31m :smile: " + "界" * 40
SIMULATED = RunSettings("http://127.0.0.1:1/v1", {"worker": "m"}, "bwrap", simulated=True)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def subtasks(count: int) -> list[Subtask]:
    return [Subtask(id=f"s{number}", instruction="Do it.", title=HOSTILE) for number in range(count)]


def hostile_run(agents: int = 3) -> ScriptedRun:
    run = ScriptedRun(HOSTILE, settings=SIMULATED, name=HOSTILE[:200])
    run.plan(*subtasks(agents + 3))
    for number in range(agents):
        attempt = run.start(f"s{number}", feedback=HOSTILE)
        run.wait(1)
        run.ask(attempt)
        run.answer(attempt, (f"shell{HOSTILE}", '{"command": "echo \\u001b[31m ' + "y" * 300 + '"}'), text=HOSTILE)
        run.tool(attempt, "shell", HOSTILE)
    run.judge("s0@1", rejected(HOSTILE))
    run.end("s1@1", AttemptOutcome.GAVE_UP, HOSTILE)
    run.add(NoteRecorded(HOSTILE, "s2"))
    run.start("s1")
    run.deliver("s2@1", accepted("true"))
    return run


def rendered(view: RunView, width: int, *, unicode: bool = True) -> str:
    console = Console(file=io.StringIO(), width=width, force_terminal=False, record=True, markup=True)
    console.print(frame(view, view.last_at + 5, width, Cells(), unicode=unicode))
    return console.export_text()


@pytest.mark.parametrize("width", [60, 100, 200])
@pytest.mark.parametrize("agents", [3, 300])
def test_a_frame_fits_and_obeys_nothing_from_outside(width: int, agents: int) -> None:
    text = rendered(restored(hostile_run(agents).events), width)
    lines = text.splitlines()
    assert all(cell_len(line) <= width for line in lines)
    assert len(lines) <= 25
    assert not [character for character in text if ord(character) < 32 and character != "\n"]
    assert "\x9b" not in text
    assert "\u202e" not in text
    assert "[bold red]x[/]" in text, "markup from outside is shown, not followed"
    assert ":smile:" in text or width == 60
    assert lines[0].strip().startswith("SIMULATED")


def test_a_frame_shows_the_figures() -> None:
    run = ScriptedRun("Port it")
    run.plan(*subtasks(4))
    first = run.start("s0")
    run.step(first, "shell", "{}", "ok")
    run.deliver(first, accepted("true"))
    second = run.start("s1")
    run.ask(second)
    run.delay(second)
    view = restored(run.events)
    text = rendered(view, 100)
    for expected in (
        "1/4 subtasks",
        "1 at work",
        "1.1k tokens (40 % cached)",
        "$0.0100",
        "1 wait for the endpoint",
        "1 suspended",
        "waits: rate limited",
    ):
        assert expected in text
    bar = next(line for line in text.splitlines() if line.startswith("█"))
    assert (bar.count("█"), bar.count("▓"), bar.count("░")) == (25, 25, 50)
    assert "SIMULATED" not in text


def test_three_hundred_agents_have_one_cell_each() -> None:
    run = ScriptedRun()
    run.plan(*subtasks(300))
    for number in range(300):
        run.ask(run.start(f"s{number}"))
    text = rendered(restored(run.events), 100)
    assert text.count("●") == 300
    assert "and" not in rendered(restored(run.events), 60)


def test_ascii_terminals_get_ascii() -> None:
    run = ScriptedRun("Port it")
    run.plan(*subtasks(4))
    run.start("s0")
    glyphs = set(rendered(restored(run.events), 80, unicode=False))
    assert not glyphs & set("█▓▒░●◆◌◐▲")


def test_a_frame_before_there_is_a_plan() -> None:
    assert "0/0 subtasks" in rendered(restored(ScriptedRun().events), 60)


def test_cells_stay_where_they_are() -> None:
    cells = Cells()
    assert cells.place(["a", "b", "c"]) == ["a", "b", "c"]
    assert cells.place(["a", "c"]) == ["a", "", "c"]
    assert cells.place(["a", "c", "d", "e"]) == ["a", "d", "c", "e"]
    assert cells.place(["a"]) == ["a"]
    assert cells.place([]) == []


def test_frames_are_limited_in_number_and_in_cost() -> None:
    stream = Terminal()
    ticks = iter([0.0, 0.05, 0.06, 0.2, 0.21, 0.5, 0.55])
    console = Console(file=stream, force_terminal=True, width=80, markup=False)
    display = LiveDisplay(console, clock=lambda: 0.0, timer=lambda: next(ticks))
    view = restored(ScriptedRun("first").events)
    display.update(view)  # 0.0 to 0.05: a slow frame, so the next one may come at 0.5
    size = len(stream.getvalue())
    assert size
    display.update(view)
    display.update(view)
    display.update(view)
    assert len(stream.getvalue()) == size
    display.update(view)
    assert len(stream.getvalue()) > size
    display.finish(view)
    assert stream.getvalue().rstrip().endswith("swarm resume run-1")


def test_a_frame_of_300_agents_is_cheap() -> None:
    view = restored(hostile_run(300).events)
    console = Console(file=io.StringIO(), width=200, force_terminal=True)
    cells = Cells()
    console.print(frame(view, 0.0, 200, cells))
    best = min(_seconds(view, console, cells) for _ in range(5))
    assert best < 0.1


def _seconds(view: RunView, console: Console, cells: Cells) -> float:
    started = time.perf_counter()
    console.print(frame(view, 0.0, 200, cells))
    return time.perf_counter() - started


@pytest.mark.parametrize(("variable", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_no_color_is_respected(variable: dict[str, str], coloured: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    stream = Terminal()
    display = make_display("full", stream, environ=variable)
    view = restored(hostile_run().events)
    display.update(view)
    display.finish(view)
    assert ("\x1b[34m" in stream.getvalue()) is coloured
    assert "\x1b]52" not in stream.getvalue()


def test_the_display_fits_the_stream() -> None:
    assert isinstance(make_display("auto", io.StringIO()), PlainDisplay)
    assert isinstance(make_display("auto", Terminal(), environ={"TERM": "dumb"}), PlainDisplay)
    assert isinstance(make_display("auto", Terminal(), environ={"TERM": "xterm"}), LiveDisplay)
    assert isinstance(make_display("plain", Terminal(), environ={}), PlainDisplay)
    assert isinstance(make_display("log", Terminal(), environ={"TERM": "xterm"}), PlainDisplay)
    with pytest.raises(UsageError, match="no display 'large'"):
        make_display("large", io.StringIO())


def test_no_display_writes_nothing() -> None:
    stream = io.StringIO()
    display = make_display("none", stream)
    view = restored(ScriptedRun().events)
    display.update(view)
    display.finish(view)
    assert stream.getvalue() == ""


def test_plain_lines_come_once_and_are_harmless() -> None:
    stream = io.StringIO()
    now = 0.0
    display = PlainDisplay(stream, clock=lambda: now)
    run = hostile_run()
    view = restored(run.events)
    display.update(view)
    display.update(view)
    text = stream.getvalue()
    assert text.count("s2: note:") == 1
    assert text.startswith("SIMULATED")
    assert not [character for character in text if ord(character) < 32 and character != "\n"]
    assert "\u202e" not in text
    display.finish(view)
    assert stream.getvalue().count("SIMULATED") == 2


def test_plain_lines_are_limited_and_the_figures_come_now_and_then() -> None:
    stream = io.StringIO()
    now = [0.0]
    display = PlainDisplay(stream, clock=lambda: now[0])
    run = ScriptedRun()
    run.plan(*subtasks(100))
    for number in range(100):
        run.deliver(run.start(f"s{number}"), accepted("true"))
    view = restored(run.events)
    display.update(view)
    written = stream.getvalue().splitlines()
    assert len(written) < 30
    now[0] = 16.0
    display.update(view)
    lines = stream.getvalue().splitlines()[len(written) :]
    assert lines[0].startswith("(77 more;")
    assert "100/100 subtasks" in lines[1]


def deliver_and_finish(run: ScriptedRun) -> None:
    run.plan(*subtasks(1))
    run.deliver(run.start("s0"), accepted("true"))
    run.finish(RunOutcome.DONE, "all good")


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        (deliver_and_finish, ["run run-1 done: all good", "swarm merge run-1"]),
        (
            lambda run: run.pause(PauseReason.ENDPOINT, "no credit"),
            ["run run-1 paused: no credit", "swarm resume run-1"],
        ),
    ],
)
def test_the_summary_says_what_can_be_done_next(end: object, expected: list[str]) -> None:
    run = ScriptedRun()
    assert callable(end)
    end(run)
    stream = io.StringIO()
    make_display("plain", stream).finish(restored(run.events))
    for text in expected:
        assert text in stream.getvalue()


def test_nothing_is_offered_to_be_taken_where_nothing_was_merged() -> None:
    run = ScriptedRun()
    run.finish(RunOutcome.CANCELLED, "cancelled by a person")
    stream = io.StringIO()
    make_display("plain", stream).finish(restored(run.events))
    assert "swarm report run-1" in stream.getvalue()
    assert "swarm merge" not in stream.getvalue()


def test_a_run_that_was_cut_off_is_not_said_to_be_running() -> None:
    stream = io.StringIO()
    run = ScriptedRun()
    run.plan(*subtasks(1))
    make_display("plain", stream).finish(restored(run.events))
    assert "run run-1 stopped at once" in stream.getvalue()
    assert "swarm resume run-1" in stream.getvalue()


def test_figures_in_words() -> None:
    assert [duration(value) for value in (-1, 7, 725, 11109, 183900)] == [
        "0:00",
        "0:07",
        "12:05",
        "3:05:09",
        "2d 03:05",
    ]
    assert [short_count(value) for value in (950, 12_345, 4_100_000, 2_000_000_000)] == ["950", "12.3k", "4.1M", "2.0G"]
    assert percent(1, 3) == "33 %"
    assert percent(0, 0) == "0 %"
    assert cost(Spent()) == "$0.00"
    assert cost(Spent(calls=2, unpriced_calls=2)) == "no price"
    assert cost(Spent(calls=3, priced_usd=0.5, unpriced_calls=1)) == "$0.5000 + 1 call without a price"
