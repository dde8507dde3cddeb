"""A merge that broke a check is taken out of the branch once, wherever the process dies meanwhile."""

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from swarm import Limits, Task
from swarm.core.branch_facts import ChangeRemoved
from swarm.core.events import Integrated, RunEnded, RunOutcome
from swarm.failpoints import VARIABLE
from swarm.journal.reader import JournalReader
from swarm.testing.endpoint import Answer, SimulatedEndpoint, step
from tests.integration.projects import (
    as_json,
    branch_files,
    environment,
    file_plan,
    file_scenario,
    git,
    make_repository,
    run_swarm,
)

SOUND = "test ! -e spoiled.txt"


@pytest.mark.parametrize("place", ["removal.commit-made", "removal.branch-moved", "head-check.done:3"])
async def test_a_removal_that_a_kill_cut_off_is_finished(tmp_path: Path, place: str) -> None:
    repository, home = make_repository(tmp_path / "repository"), tmp_path / "home"
    plan = file_plan(4)
    (tmp_path / "plan.json").write_text(as_json(plan))
    careless = [
        step("write_file", path="f1.txt", content="done\n"),
        step("write_file", path="spoiled.txt", content="x\n"),
        step("finish", summary="done"),
    ]
    limits = Limits(check_every=1, workers=1)
    task = Task(instruction="Write the files.", repository=str(repository), checks=(SOUND,), limits=limits)
    (tmp_path / "task.json").write_text(task.model_dump_json())
    async with SimulatedEndpoint(file_scenario(plan, Answer(subtask="s1", attempt=1, steps=careless))) as simulated:
        endpoint = ("--base-url", simulated.base_url, "--model", "m", "--sandbox", "none", "--display", "none")
        files = (str(tmp_path / "task.json"), str(tmp_path / "plan.json"))
        killed = await asyncio.to_thread(
            subprocess.run,
            [sys.executable, "-m", "tests.integration.submit_plan", *files, simulated.base_url, str(home)],
            env=environment(home, **{VARIABLE: place}),
            capture_output=True,
            text=True,
            check=False,
        )
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        done = await asyncio.to_thread(run_swarm, "resume", "r", *endpoint, home=home)
    assert done.returncode == 0, done.stderr
    with JournalReader(home / "runs/r/journal.db") as reader:
        events = [recorded.event for recorded in reader.events()]
    assert [event.attempt_id for event in events if isinstance(event, ChangeRemoved)] == ["s1@1"]
    assert [event.outcome for event in events if isinstance(event, RunEnded)] == [RunOutcome.DONE]
    merged = branch_files(repository, "swarm/r")
    assert "spoiled.txt" not in merged
    assert {f"f{number}.txt" for number in range(4)} <= set(merged)
    moved = sum(isinstance(event, Integrated | ChangeRemoved) for event in events)
    assert int(git("rev-list", "--first-parent", "--count", "main..swarm/r", cwd=repository)) == moved
    git("fsck", "--strict", cwd=repository)
