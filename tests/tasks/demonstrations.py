"""Shows a shipped task as `swarm demo` does, and reads what is left behind."""

import contextlib
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from swarm.catalogue import load_task_folder, shipped_tasks
from swarm.journal.reader import JournalReader
from tests.integration.projects import environment, git

SHOW_S = 600
"""How long one demonstration may take where many things run at once; alone it takes seconds."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a demonstration left behind: its folder, what it measured, and the events of its run."""

    folder: Path
    measured: dict[str, str]
    events: list[dict[str, Any]]

    def of_type(self, *types: str) -> Iterator[dict[str, Any]]:
        return (event for event in self.events if event["type"] in types)


def show(name: str, folder: Path) -> Shown:
    arguments = ("--task", f"tasks/{name}", "--output", str(folder), "--display", "none")
    process = subprocess.Popen(
        [sys.executable, "-m", "swarm", "demo", *arguments],
        env=environment(folder / "home"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        out, err = process.communicate(timeout=SHOW_S)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # its endpoint and its run, when it took too long
        process.wait()
    assert process.returncode == 0, out + err
    assert "SIMULATED" in out
    measured = dict(re.findall(r"^\| (.*) \| (.*) \|$", out, re.MULTILINE))
    with JournalReader(folder / "home" / "runs" / "demo" / "journal.db") as reader:
        return Shown(folder, measured, list(reader.raw(after=0)))


def assert_done(shown: Shown, name: str, *, failed: tuple[str, ...] = ()) -> None:
    """See that the run is done, its branch accepted by the hidden verifier, nothing bought twice, nothing leaked."""
    (ended,) = shown.of_type("run_ended")
    assert ended["outcome"] == "done"
    outcomes = {event["subtask_id"]: event["outcome"] for event in shown.of_type("subtask_ended")}
    assert tuple(name for name, outcome in outcomes.items() if outcome != "done") == failed
    assert shown.measured["`bash tests/verify.sh` on the branch"].startswith("exit 0")
    assert shown.measured["of these, bought again after it"] == "0"
    assert hidden_in(shown, name) == []


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
