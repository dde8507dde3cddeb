import asyncio
import json
import re
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from swarm.cli.app import COMMANDS, make_app
from swarm.core.events import AttemptOutcome, NoteRecorded, PauseReason, RunOutcome, RunSettings
from swarm.core.messages import Handoff
from swarm.core.plan import Subtask
from swarm.journal.sqlite import SqliteJournal
from swarm.journal.store import RunFolder, RunLock, RunStore
from swarm.testing.scripted_run import ScriptedRun, accepted, rejected

HOSTILE = "\x1b]52;c;QQ==\x07\x1b[31m\u202e[bold]\r\nx"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SWARM_HOME", str(tmp_path))
    monkeypatch.delenv("SWARM_DEBUG", raising=False)
    return tmp_path


def swarm(*arguments: str) -> Result:
    return CliRunner().invoke(make_app(), list(arguments))


def save(run: ScriptedRun, home: Path, *, created: float | None = None) -> RunFolder:
    """Write a run's events to a journal in its folder."""
    folder = RunStore(home, clock=lambda: created or time.time()).create("run-1" if created is None else f"r{created}")

    async def write() -> None:
        times = iter([recorded.at for recorded in run.events])
        journal = SqliteJournal.create(folder.journal, run_id=folder.run_id, clock=lambda: next(times))
        for recorded in run.events:
            await journal.append(recorded.event)
        await journal.close()

    asyncio.run(write())
    return folder


def a_run() -> ScriptedRun:
    run = ScriptedRun("Write a parser", checks=["make test"])
    run.plan(
        Subtask(id="lexer", title=f"Lex {HOSTILE}", instruction=f"Do it.\n{HOSTILE}", checks=("make lexer",)),
        Subtask(id="parser", instruction="Parse.", depends_on=("lexer",)),
    )
    first = run.start("lexer")
    run.step(first, "shell", '{"command": "make lexer"}', f"boom {HOSTILE}" + "x" * 5000 + "end")
    run.hand_in(first)
    run.judge(first, rejected("test_lexer fails", "make lexer"))
    run.end(first, AttemptOutcome.REJECTED, "test_lexer fails")
    second = run.start("lexer", feedback="test_lexer fails")
    run.step(second, "read_file", '{"path": "lexer.py"}', "def lex(): ...")
    run.deliver(second, accepted("make lexer"), Handoff("Lexes.", ("Tokens are tuples",), (HOSTILE,), ("lexer.py",)))
    third = run.start("parser")
    run.ask(third)
    run.delay(third)
    run.add(NoteRecorded(HOSTILE, "parser"))
    return run


def harmless(text: str) -> bool:
    return not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", text)


# -- list ---------------------------------------------------------------------------------------------------------


def test_list_without_runs_says_how_to_begin(home: Path) -> None:
    result = swarm("list")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "no runs yet" in result.stderr


def test_list_shows_the_newest_first_and_damaged_ones_too(home: Path) -> None:
    save(ScriptedRun(HOSTILE), home, created=1000)
    save(a_run(), home, created=2000)
    damaged = RunStore(home, clock=lambda: 3000.0).create("damaged")
    damaged.journal.write_bytes(b"not a journal")
    result = swarm("list")
    lines = result.stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["damaged", "r2000", "r1000"]
    assert lines[0].split()[1] == "unreadable"
    assert lines[1].split()[1:3] == ["paused", "1/2"]
    assert harmless(result.stdout)
    assert "and 2 older ones" in swarm("list", "--limit", "1").stderr


def test_list_as_json(home: Path) -> None:
    save(a_run(), home)
    (row,) = [json.loads(line) for line in swarm("list", "--json").stdout.splitlines()]
    assert row["run_id"] == "run-1"
    assert (row["subtasks"], row["ended_subtasks"], row["goal"]) == (2, 1, "Write a parser")


# -- status -------------------------------------------------------------------------------------------------------


def test_status_in_words(home: Path) -> None:
    save(a_run(), home)
    result = swarm("status", "run")
    assert result.exit_code == 0
    assert harmless(result.stdout)
    for expected in (
        "run-1  paused (no process drives it)",
        "subtasks 1/2: 1 suspended, 1 done",
        "parser@1  suspended  step 1",
        "waits: rate limited",
        "tokens   2,000 in (40 % cached), 200 out, 2 calls, 0 retries",
        "cost     $0.0200",
    ):
        assert expected in result.stdout
    assert "SIMULATED" not in result.stdout


def test_status_as_json(home: Path) -> None:
    save(a_run(), home)
    status = json.loads(swarm("status", "last", "--json").stdout)
    assert (status["state"], status["driven"]) == ("paused", False)
    assert status["subtasks"]["total"] == 2
    assert status["subtasks"]["suspended"] == 1
    assert status["agents"][0]["attempt_id"] == "parser@1"
    assert status["usage"]["input_tokens"] == 2000
    assert status["wasted_tokens"] == 1100
    assert status["delays"] == {"rate_limited": 1}


def test_status_of_a_run_that_a_process_drives(home: Path) -> None:
    folder = save(a_run(), home)
    with RunLock(folder):
        status = json.loads(swarm("status", "run-1", "--json").stdout)
    assert (status["state"], status["reason"], status["driven"]) == ("running", "", True)


def test_status_of_a_simulated_run_that_ended(home: Path) -> None:
    run = ScriptedRun(settings=RunSettings("http://127.0.0.1:1/v1", {"worker": "m"}, "bwrap", simulated=True))
    run.finish(RunOutcome.DONE, "all is well", accepted("make test"))
    save(run, home)
    result = swarm("status", "last")
    assert result.stdout.startswith("SIMULATED")
    assert "checks   accepted: 1 check passed" in result.stdout
    (check,) = json.loads(swarm("status", "last", "--json").stdout)["checks"]
    assert (check["command"], check["exit_code"]) == ("make test", 0)


# -- events -------------------------------------------------------------------------------------------------------


def test_events_in_words_are_one_line_each(home: Path) -> None:
    run = a_run()
    save(run, home)
    result = swarm("events", "run-1")
    lines = result.stdout.splitlines()
    assert len(lines) == len(run.events)
    assert harmless(result.stdout)
    assert "lexer@1" in lines[3]
    assert "attempt 1 starts" in lines[3]


def test_events_as_json_are_the_journals_own(home: Path) -> None:
    save(a_run(), home)
    result = swarm("events", "run-1", "--json", "--after", "4", "--type", "model_replied", "--type", "tool_returned")
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert {row["type"] for row in rows} == {"model_replied", "tool_returned"}
    assert all(row["seq"] > 4 for row in rows)
    assert rows[1]["content"].endswith("end")
    assert HOSTILE in rows[1]["content"]
    assert harmless(result.stdout)


def test_an_unknown_event_type_is_refused(home: Path) -> None:
    save(a_run(), home)
    result = swarm("events", "run-1", "--type", "modelreplied")
    assert result.exit_code == 2
    assert "no event type 'modelreplied'" in result.stderr
    assert "model_replied" in result.stderr


@pytest.mark.parametrize("after", ["0", "99"])
def test_following_an_ended_run_ends(home: Path, after: str) -> None:
    run = ScriptedRun()
    run.finish(RunOutcome.FAILED, "no")
    save(run, home)
    result = swarm("events", "run-1", "--follow", "--after", after)
    assert result.exit_code == 0
    assert len(result.stdout.splitlines()) == (3 if after == "0" else 0)


# -- show ---------------------------------------------------------------------------------------------------------


def test_show_the_plan(home: Path) -> None:
    save(a_run(), home)
    result = swarm("show", "run-1")
    assert harmless(result.stdout.replace("\n", ""))
    assert re.search(r"layer 1: 1 subtask\n  lexer +done ", result.stdout)
    assert re.search(r"layer 2: 1 subtask\n  parser +suspended .*after lexer", result.stdout)


def test_show_a_subtask_with_all_its_attempts(home: Path) -> None:
    save(a_run(), home)
    text = swarm("show", "run-1", "lexer").stdout
    assert harmless(text.replace("\n", ""))
    for expected in (
        "lexer  done",
        "checks: make lexer",
        "== lexer@1  rejected: test_lexer fails",
        "> shell make lexer",
        "characters left out",
        "rejected: test_lexer fails",
        "== lexer@2  integrated",
        "told about the attempt before:",
        "> read_file lexer.py",
        "decided: Tokens are tuples",
        "accepted: 1 check passed",
        "merged as ",
    ):
        assert expected in text


def test_show_one_attempt_in_full(home: Path) -> None:
    save(a_run(), home)
    text = swarm("show", "run-1", "lexer@1", "--full").stdout
    assert "x" * 5000 + "end" in text
    assert "lexer@2" not in text
    assert '{"command": "make lexer"}' in text
    assert "You are an agent." in text


def test_show_what_is_not_there(home: Path) -> None:
    save(a_run(), home)
    result = swarm("show", "run-1", "lexer@9")
    assert result.exit_code == 2
    assert "no subtask or attempt 'lexer@9'" in result.stderr


# -- report, and the rest -----------------------------------------------------------------------------------------


def test_report_to_stdout_and_to_a_file(home: Path) -> None:
    run = a_run()
    run.pause(PauseReason.LIMIT, "tokens are used up")
    save(run, home)
    text = swarm("report", "run-1").stdout
    assert text.startswith("# Run run-1")
    assert harmless(text.replace("\n", ""))
    assert swarm("report", "run-1", "-o", str(home / "report.md")).stdout == ""
    assert (home / "report.md").read_text() == text
    result = swarm("report", "run-1", "-o", str(home / "none" / "report.md"))
    assert result.exit_code == 2
    assert "cannot be written" in result.stderr


@pytest.mark.parametrize("command", ["status", "events", "show", "diff", "report", "merge"])
def test_an_unknown_run_is_a_usage_error_with_a_hint(home: Path, command: str) -> None:
    result = swarm(command, "nope")
    assert result.exit_code == 2
    assert re.search(r"^error: .*'nope'\nhint: ", result.stderr)


@pytest.mark.parametrize("command", ["status", "events", "show", "diff", "report", "merge"])
def test_a_damaged_journal_is_named(home: Path, command: str) -> None:
    RunStore(home).create("broken").journal.write_bytes(b"x" * 9000)
    result = swarm(command, "broken")
    assert result.exit_code == 7
    assert "Traceback" not in result.output
    assert "broken" in result.stderr


def test_every_command_has_help_with_an_example() -> None:
    for name in (row.name for rows in COMMANDS.values() for row in rows):
        result = swarm(name, "--help")
        assert result.exit_code == 0
        assert f"Example: swarm {name}" in " ".join(result.stdout.split()), name
