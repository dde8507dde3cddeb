"""Small real repositories, plans and scenarios for tests of whole runs."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from swarm.core.events import ModelReplied
from swarm.core.plan import Plan, Subtask
from swarm.journal.reader import JournalReader
from swarm.testing.endpoint import Answer, Scenario, Speed, step

FAST = Speed(first_token_ms=(1, 5), tokens_per_s=100_000)


def git(*arguments: str, cwd: Path) -> str:
    result = subprocess.run(["git", *arguments], cwd=cwd, check=True, capture_output=True, text=True)
    return result.stdout.strip()


def make_repository(path: Path, files: dict[str, str] | None = None) -> Path:
    """Create a repository with one commit."""
    path.mkdir(parents=True)
    git("init", "-q", "-b", "main", cwd=path)
    git("config", "user.name", "Somebody", cwd=path)
    git("config", "user.email", "somebody@example.org", cwd=path)
    for name, text in (files or {"README.md": "A project.\n"}).items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_text(text)
    git("add", "-A", cwd=path)
    git("commit", "-q", "-m", "Start", cwd=path)
    return path


def file_plan(count: int, *, layer: int = 0) -> Plan:
    """Return a plan whose subtask ``s<n>`` writes ``f<n>.txt``; with ``layer``, it needs the one so many before."""
    return Plan(
        subtasks=tuple(
            Subtask(
                id=f"s{number}",
                title=f"File {number}",
                instruction=f"Write the word done into f{number}.txt.",
                depends_on=(f"s{number - layer}",) if layer and number >= layer else (),
                checks=(f"grep -q done f{number}.txt",),
                writes=(f"f{number}.txt",),
            )
            for number in range(count)
        )
    )


def as_json(plan: Plan) -> str:
    return json.dumps({"subtasks": [subtask.model_dump(mode="json") for subtask in plan.subtasks]})


WRITE_IT = (
    step("list_files"),
    step("write_file", path="{file}", content="done\n"),
    step("shell", command="{check}"),
    step("finish", summary="Wrote {file}."),
)


def file_scenario(plan: Plan, *answers: Answer, speed: Speed = FAST, **fields: Any) -> Scenario:
    """Return a scenario that plans ``plan`` and does its subtasks right; ``answers`` come first."""
    return Scenario(
        models=["m"],
        plan="plan.json",
        files={"plan.json": as_json(plan)},
        speed=speed,
        answers=[
            *answers,
            Answer(subtask="plan", steps=[step(plan="plan.json")]),
            Answer(subtask="*", steps=list(WRITE_IT)),
        ],
        **fields,
    )


def swarm_command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "swarm", *arguments]


def environment(home: Path, **more: str) -> dict[str, str]:
    """Return an environment without any endpoint of the person who runs the tests."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("OPENAI_", "SWARM_"))}
    return {**kept, "SWARM_HOME": str(home), "XDG_CONFIG_HOME": str(home / "config"), **more}


def run_swarm(*arguments: str, home: Path, timeout_s: float = 60, **more: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        swarm_command(*arguments),
        env=environment(home, **more),
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
    )


def kill_after_events(process: "subprocess.Popen[str]", journal: Path, count: int) -> bool:
    """Kill a process with SIGKILL as soon as its journal holds so many events; False when it ended before."""
    while process.poll() is None:
        if journal.exists():
            try:
                with JournalReader(journal) as reader:
                    if reader.last_seq() >= count:
                        process.send_signal(signal.SIGKILL)
                        process.wait()
                        return True
            except Exception:  # noqa: BLE001 - the file is just being made
                pass
    return False


def recorded_replies(journal: Path) -> set[tuple[str, int]]:
    with JournalReader(journal) as reader:
        return {
            (recorded.event.attempt_id, recorded.event.step)
            for recorded in reader.events()
            if isinstance(recorded.event, ModelReplied)
        }


def branch_files(repository: Path, branch: str) -> dict[str, str]:
    names: Iterable[str] = git("ls-tree", "-r", "--name-only", branch, cwd=repository).splitlines()
    return {name: git("show", f"{branch}:{name}", cwd=repository) for name in names}
