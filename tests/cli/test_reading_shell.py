import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from swarm import __version__
from swarm.cli.app import COMMANDS
from swarm.cli.shell import Commands
from swarm.core.events import NoteRecorded
from swarm.errors import EndpointUnavailable, JournalTooNew, LimitReached, SwarmError, UsageError
from swarm.journal.sqlite import SqliteJournal
from swarm.journal.store import RunStore
from swarm.testing.scripted_run import ScriptedRun

ROOT = Path(__file__).parents[2]


def app_that(action: Any) -> typer.Typer:
    app = typer.Typer(cls=Commands, rich_markup_mode=None, pretty_exceptions_enable=False)
    app.callback()(lambda: None)
    app.command("go")(action)
    return app


def raising(error: BaseException) -> typer.Typer:
    def go() -> None:
        raise error

    return app_that(go)


@pytest.mark.parametrize(
    ("error", "exit_code"),
    [
        (UsageError("no such thing"), 2),
        (EndpointUnavailable("refused"), 4),
        (LimitReached("used up"), 5),
        (JournalTooNew("format 9"), 7),
        (SwarmError("other"), 1),
        (ExceptionGroup("tasks", [ExceptionGroup("more", [UsageError("inner")])]), 2),
    ],
)
def test_an_error_is_a_line_a_hint_and_an_exit_code(error: Exception, exit_code: int) -> None:
    result = CliRunner().invoke(raising(error), ["go"])
    assert result.exit_code == exit_code
    assert result.stderr.startswith("error: ")
    assert ("\nhint: " in result.stderr) == bool(getattr(error, "hint", ""))
    assert "Traceback" not in result.stderr
    assert result.stdout == ""


def test_messages_from_outside_are_harmless() -> None:
    result = CliRunner().invoke(raising(UsageError("\x1b[2J\u202e", hint="\x1b]52;c;A\x07")), ["go"])
    assert result.stderr == "error: \\x1b[2J\\u202e\nhint: \\x1b]52;c;A\\x07\n"


def test_a_bug_is_one_line_unless_the_traceback_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SWARM_DEBUG", raising=False)
    result = CliRunner().invoke(raising(ZeroDivisionError("by zero")), ["go"])
    assert result.exit_code == 1
    assert result.stderr.splitlines()[0] == "error: unexpected ZeroDivisionError: by zero"
    assert "SWARM_DEBUG=1" in result.stderr
    monkeypatch.setenv("SWARM_DEBUG", "1")
    assert "Traceback" in CliRunner().invoke(raising(ZeroDivisionError("by zero")), ["go"]).stderr


@pytest.mark.parametrize(("error", "exit_code"), [(KeyboardInterrupt(), 130), (BrokenPipeError(), 141)])
def test_interruptions_say_nothing(error: BaseException, exit_code: int) -> None:
    result = CliRunner().invoke(raising(error), ["go"])
    assert result.exit_code == exit_code
    assert result.output == ""


@pytest.mark.parametrize("exit_code", [0, 5])
def test_an_exit_code_of_a_command_is_kept(exit_code: int) -> None:
    assert CliRunner().invoke(raising(typer.Exit(exit_code)), ["go"]).exit_code == exit_code
    assert CliRunner().invoke(raising(SystemExit(exit_code)), ["go"]).exit_code == exit_code


# -- the real process ---------------------------------------------------------------------------------------------


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "swarm", *arguments]


def environment(home: Path) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "SWARM_HOME": str(home), "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}


def ran(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(*arguments), capture_output=True, text=True, env=environment(home), timeout=60)


async def saved(home: Path, *, notes: int = 0) -> None:
    run = ScriptedRun()
    for number in range(notes):
        run.add(NoteRecorded(f"note {number} " + "x" * 200))
    journal = SqliteJournal.create(RunStore(home).create("run-1").journal, run_id="run-1")
    await journal.append(*(recorded.event for recorded in run.events))
    await journal.close()


def test_version_and_usage_errors(tmp_path: Path) -> None:
    assert ran(tmp_path, "--version").stdout == f"swarm {__version__}\n"
    wrong = ran(tmp_path, "status")
    assert wrong.returncode == 2
    assert "RUN" in wrong.stderr


def test_help_imports_nothing_slow(tmp_path: Path) -> None:
    script = (
        "import sys; from swarm.cli.app import make_app\n"
        "try: make_app()(['--help'])\n"
        "except SystemExit: pass\n"
        "print(sorted({'pydantic', 'rich', 'httpx2'} & set(sys.modules)), file=sys.stderr)"
    )
    result = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env=environment(tmp_path), timeout=60
    )
    assert "Steer a run:" in result.stdout
    assert result.stderr.strip() == "[]"


async def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    await saved(tmp_path, notes=5000)
    process = subprocess.Popen(
        command("events", "run-1"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(tmp_path)
    )
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.readline().endswith(b"\n")
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait(timeout=30) == 141


async def test_following_goes_on_until_interrupted(tmp_path: Path) -> None:
    await saved(tmp_path)
    journal = SqliteJournal.open(RunStore(tmp_path).find("run-1").journal)
    process = subprocess.Popen(
        command("events", "run-1", "--follow", "--json"), stdout=subprocess.PIPE, env=environment(tmp_path)
    )
    assert process.stdout is not None
    for expected in (b'"run_created"', b'"run_opened"'):
        assert expected in process.stdout.readline()
    await journal.append(NoteRecorded("something new"))
    assert b"something new" in process.stdout.readline()
    await journal.close()
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=30) == 130
    process.stdout.close()


def test_help_shows_what_each_command_is_for_in_a_narrow_terminal(tmp_path: Path) -> None:
    shown = ran(tmp_path, "--help").stdout
    assert "..." not in shown.partition("Carry a task out:")[2]
    listed = {line.split()[0] for line in shown.splitlines() if line.startswith("  ") and len(line.split()) > 1}
    assert {row.name for rows in COMMANDS.values() for row in rows} <= listed
    assert max(map(len, shown.splitlines())) <= 80


@pytest.mark.parametrize(
    ("command", "usage"),
    [
        ("show", "swarm show [OPTIONS] RUN [SUBTASK|ATTEMPT]"),
        ("tell", "swarm tell [OPTIONS] RUN [SUBTASK] TEXT"),
        ("run", "swarm run [OPTIONS] [GOAL]"),
        ("export", "swarm export [OPTIONS] RUN"),
    ],
)
def test_usage_is_written_as_manual_pages_write_it(tmp_path: Path, command: str, usage: str) -> None:
    assert ran(tmp_path, command, "--help").stdout.splitlines()[0] == f"Usage: {usage}"
