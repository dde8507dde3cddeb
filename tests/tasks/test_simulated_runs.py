"""Every shipped task runs against the simulated endpoint, is stopped in the middle, and ends on the right branch."""

import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from swarm.catalogue import load_task_folder, shipped_tasks
from swarm.journal.reader import JournalReader
from tests.integration.projects import environment, git

SHOW_S = 300


@dataclass(frozen=True, slots=True)
class Shown:
    """What a demonstration left behind: its folder, what it measured, and the events of its run."""

    folder: Path
    measured: dict[str, str]
    events: list[dict[str, Any]]

    def of_type(self, *types: str) -> Iterator[dict[str, Any]]:
        return (event for event in self.events if event["type"] in types)


def show(name: str, folder: Path) -> Shown:
    ended = subprocess.run(
        [
            sys.executable,
            "-m",
            "swarm",
            "demo",
            "--task",
            f"tasks/{name}",
            "--output",
            str(folder),
            "--display",
            "none",
        ],
        env=environment(folder / "home"),
        capture_output=True,
        text=True,
        timeout=SHOW_S,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "SIMULATED" in ended.stdout
    measured = dict(re.findall(r"^\| (.*) \| (.*) \|$", ended.stdout, re.MULTILINE))
    with JournalReader(folder / "home" / "runs" / "demo" / "journal.db") as reader:
        return Shown(folder, measured, list(reader.raw(after=0)))


def shows_a_fan_out(shown: Shown) -> None:
    assert shown.measured["agents at once, widest"] == "300"


def shows_layers(shown: Shown) -> None:
    """The longest chain goes first: its second module starts before the shortest chain's only one."""
    started = [event["subtask_id"] for event in shown.of_type("attempt_started")]
    assert set(started[1:6]) == {"places", "compiler", "functions", "numbers", "lexer"}
    assert started.index("program") > started.index("checker")
    assert started[-1] == "command-line"


def shows_faults_without_failures(shown: Shown) -> None:
    calls = [json.loads(line) for line in (shown.folder / "calls.jsonl").read_text().splitlines()]
    faults = Counter(call["fault"] for call in calls)
    assert {"rate_limit", "overloaded", "server_error", "disconnect", "reset"} <= faults.keys()
    assert sum(faults.values()) - faults[""] >= 20


def shows_a_budget(shown: Shown) -> None:
    (paused,) = shown.of_type("run_paused")
    assert paused["reason"] == "limit"
    assert "max-tokens" in paused["message"]
    assert "its limits" in shown.measured["wall time, with stop and resume"]
    assert int(shown.measured["replies recorded before the stop"]) < int(shown.measured["model calls made"])


def shows_that_tests_are_protected(shown: Shown) -> None:
    refused, accepted = [
        event["verdict"] for event in shown.of_type("verdict_given") if event["attempt_id"] == "pages@1"
    ]
    assert "protected files were changed: tests/test_pages.py" in refused["reason"]
    assert not refused["accepted"]
    assert accepted["accepted"]
    before = git("rev-parse", "HEAD:tests", cwd=shown.folder / "project")
    assert git("rev-parse", "swarm/demo:tests", cwd=shown.folder / "project") == before


def shows_the_last_step_of_a_migration(shown: Shown) -> None:
    ended = [event["subtask_id"] for event in shown.of_type("subtask_ended") if event["subtask_id"] != "plan"]
    assert (len(ended), ended[-1]) == (31, "remove-old")


def shows_research(shown: Shown) -> None:
    project = shown.folder / "project"
    assert sorted(path.name for path in project.iterdir() if path.name != ".git") == ["inputs"]
    changed = git("diff", "--name-only", "HEAD", "swarm/demo", cwd=project).splitlines()
    assert len(changed) == 41
    assert not [name for name in changed if name.startswith("inputs/")]
    assert git("show", "swarm/demo:report.md", cwd=project).count("[inc-") >= 80


def shows_itself(shown: Shown) -> None:
    """It is done, and that is all."""


SHOWS: dict[str, Callable[[Shown], None]] = {
    "budget": shows_a_budget,
    "failing-suite": shows_that_tests_are_protected,
    "fan-out": shows_a_fan_out,
    "flaky-endpoint": shows_faults_without_failures,
    "layered-build": shows_layers,
    "migration": shows_the_last_step_of_a_migration,
    "research": shows_research,
    "spreadsheet": shows_itself,
    "textkit": shows_itself,
}


def test_every_shipped_task_is_shown() -> None:
    assert sorted(SHOWS) == [folder.name for folder in shipped_tasks()]


@pytest.mark.timeout(SHOW_S + 10)
@pytest.mark.parametrize("name", sorted(SHOWS))
def test_a_task_ends_on_a_branch_that_its_hidden_verifier_accepts(name: str, tmp_path: Path) -> None:
    shown = show(name, tmp_path / "shown")
    (ended,) = shown.of_type("run_ended")
    assert ended["outcome"] == "done"
    assert {event["outcome"] for event in shown.of_type("subtask_ended")} == {"done"}
    assert shown.measured["`bash tests/verify.sh` on the branch"].startswith("exit 0")
    assert shown.measured["of these, bought again after it"] == "0"
    assert hidden_in(shown, name) == []
    SHOWS[name](shown)


def hidden_in(shown: Shown, name: str) -> list[str]:
    """Return those files of the hidden verifier that are anywhere in the run's repository, workspaces included."""
    tests = load_task_folder(next(folder for folder in shipped_tasks() if folder.name == name)).tests
    assert tests is not None
    repository = shown.folder / "home" / "runs" / "demo" / "repository.git"
    assert repository.is_dir()
    known = set(git("cat-file", "--batch-all-objects", "--batch-check=%(objectname)", cwd=repository).split())
    assert known
    files = [path for path in tests.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    assert files
    return [path.name for path in files if git("hash-object", str(path), cwd=repository) in known]
