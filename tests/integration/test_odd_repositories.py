"""A whole run on each odd kind of repository: it ends with the work merged, or is refused in words before it begins."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from swarm import Swarm, Task
from swarm.errors import RepositoryError
from swarm.testing.endpoint import Answer, SimulatedEndpoint, step
from tests.integration.projects import WRITE_IT, file_plan, file_scenario
from tests.integration.test_main_job import endpoint_of
from tests.workspace.odd_repositories import KINDS, REFUSED
from tests.workspace.sources import Source

PLAN = file_plan(1)
LOOKS_AROUND = (step("search", pattern="."), step("shell", command="git status --short; git log --oneline | head"))


def entries(source: Source, commit: str) -> dict[str, str]:
    """Return what is in a commit: mode, kind and id by path."""
    listed = source.git("--no-replace-objects", "ls-tree", "-r", "-z", commit).split("\0")
    return {path: facts for facts, _, path in (entry.partition("\t") for entry in listed if entry)}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
async def test_a_run_on_an_odd_repository_adds_its_work_and_nothing_else(
    tmp_path: Path, kind: Callable[[Path], Source]
) -> None:
    source = kind(tmp_path)
    before = [source.git(*look, check=False) for look in (("status", "--porcelain"), ("rev-parse", "HEAD", "main"))]
    looking = Answer(subtask="*", steps=[*LOOKS_AROUND, *WRITE_IT])
    async with (
        SimulatedEndpoint(file_scenario(PLAN, looking)) as simulated,
        Swarm(endpoint_of(simulated), home=tmp_path / "home", sandbox="none") as swarm,
    ):
        run = await swarm.submit(
            Task(instruction="x", repository=str(source.folder), checks=("cat f0.txt",)), plan=PLAN
        )
        result = await run.result()
    assert result.done, result.ended
    base, after = entries(source, "HEAD"), entries(source, result.branch)
    assert {path for path in after if after[path] != base.get(path)} == {"f0.txt"}
    assert base.keys() <= after.keys()
    assert source.git("cat-file", "blob", f"{result.branch}:f0.txt") == "done"
    assert before == [
        source.git(*look, check=False) for look in (("status", "--porcelain"), ("rev-parse", "HEAD", "main"))
    ]


@pytest.mark.parametrize(("kind", "words"), REFUSED, ids=lambda value: getattr(value, "__name__", ""))
async def test_a_run_on_what_cannot_be_worked_on_is_refused_and_leaves_nothing(
    tmp_path: Path, kind: Callable[[Path], Path], words: str
) -> None:
    folder = kind(tmp_path)
    async with (
        SimulatedEndpoint(file_scenario(PLAN)) as simulated,
        Swarm(endpoint_of(simulated), home=tmp_path / "home", sandbox="none") as swarm,
    ):
        with pytest.raises(RepositoryError, match=words) as caught:
            await swarm.submit(Task(instruction="x", repository=str(folder)), plan=PLAN)
    assert str(folder) in caught.value.message
    runs = tmp_path / "home" / "runs"
    assert not runs.exists() or os.listdir(runs) == []
