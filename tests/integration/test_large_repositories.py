"""A whole run on a repository of 100,000 files: it ends, its branch is right, and a workspace costs a bounded part."""

import subprocess
import time
from pathlib import Path

import pytest

from swarm import Swarm, Task
from swarm.core.events import AttemptOpened, AttemptStarted
from swarm.core.limits import Limits
from swarm.testing.endpoint import Answer, SimulatedEndpoint, step
from tests.integration.projects import WRITE_IT, file_plan, file_scenario, git
from tests.integration.test_main_job import endpoint_of

FILES = 100_000
SUBTASKS, WORKERS = 4, 2
CHANGED = "part03/package0150/module15000.py"


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


def bytes_below(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.rglob("*"))


@pytest.mark.slow
@pytest.mark.timeout(900)
async def test_a_run_on_a_hundred_thousand_files(tmp_path: Path) -> None:
    repository, plan = tmp_path / "repository", file_plan(SUBTASKS, layer=2)
    written_s = make_large_repository(repository)
    changing = step("shell", command=f"echo '# changed' >> {CHANGED}; git status --short")
    looking = Answer(subtask="s3", steps=[step("search", pattern="function_77777\\b"), changing, *WRITE_IT])
    async with (
        SimulatedEndpoint(file_scenario(plan, looking)) as simulated,
        Swarm(endpoint_of(simulated), home=tmp_path / "home", sandbox="none") as swarm,
    ):
        task = Task(
            instruction="Write the files",
            repository=str(repository),
            checks=("cat f*.txt",),
            limits=Limits(workers=WORKERS),
        )
        run = await swarm.submit(task)
        seen = [recorded async for recorded in run.events()]
        result = await run.result()
    assert result.done, result.ended
    changed = git("diff", "--name-status", "--no-renames", "main", result.branch, cwd=repository).split("\n")
    assert changed == [*(f"A\tf{number}.txt" for number in range(SUBTASKS)), f"M\t{CHANGED}"]
    assert git("status", "--porcelain", cwd=repository) == ""
    # Objects are shared: the run holds what was added to them, and no workspace stays.
    assert bytes_below(run.folder.root) < bytes_below(repository / ".git" / "objects") / 5
    assert list(run.folder.attempts.glob("*")) == []
    # To open a workspace takes what git takes to write the files, or much less when the folder of another one is there.
    started = {each.event.attempt_id: each.at for each in seen if isinstance(each.event, AttemptStarted)}
    opened = [each.at - started[each.event.attempt_id] for each in seen if isinstance(each.event, AttemptOpened)]
    assert len(opened) >= SUBTASKS
    assert sum(opened) / len(opened) < WORKERS * 3 * written_s
    assert seen[-1].at - seen[0].at < 30 * written_s
