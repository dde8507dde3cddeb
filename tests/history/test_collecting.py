"""``swarm gc``: old runs go, with all that was theirs; what could be resumed, or is driven, stays."""

import json
import os
from pathlib import Path

import pytest

from swarm.core.events import FORMAT, Event, PlanExtended, RunCreated, RunEnded, RunMoved, RunOpened, RunOutcome
from swarm.core.plan import Subtask
from swarm.core.settings import RunSettings
from swarm.core.task import Task
from swarm.errors import UsageError
from swarm.history.collecting import DAY_S, Choice, find_waste, remove_waste, size_of
from swarm.journal.sqlite import SqliteJournal
from swarm.journal.store import RunFolder, RunLock, RunStore
from swarm.workspace.git import Git
from tests.integration.projects import git, make_repository, run_swarm

NOW = 1_800_000_000.0
SETTINGS = RunSettings("http://127.0.0.1:1/v1", {"worker": "m"}, "none")


async def make_run(
    store: RunStore, name: str, *more: Event, repository: str = ".", age_s: float = 30 * DAY_S
) -> RunFolder:
    folder = store.create(name)
    task = Task(instruction="x", repository=repository)
    journal = SqliteJournal.create(folder.journal, run_id=name, subscriber=lambda _: None, clock=lambda: NOW - age_s)
    plan = PlanExtended(1, (Subtask(id="a", instruction="do"),))
    created = RunCreated(FORMAT, name, "0", task, SETTINGS, "0" * 40, f"swarm/{name}")
    await journal.append(created, plan, RunOpened(1, "host", 1, SETTINGS, task), *more)
    await journal.close()
    (folder.root / "attempts/a@1/work").mkdir(parents=True)
    (folder.root / "attempts/a@1/work/file").write_bytes(b"x" * 100_000)
    return folder


ENDED = RunEnded(RunOutcome.DONE, "", "0" * 40)


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path / "home")


def names(store: RunStore, choice: Choice) -> set[str]:
    return {waste.run_id or waste.folder.name for waste in find_waste(store, choice, clock=lambda: NOW)}


async def test_only_old_runs_that_have_ended_go(store: RunStore) -> None:
    old = await make_run(store, "old", ENDED)
    await make_run(store, "moved", RunMoved("/elsewhere.tar"))
    await make_run(store, "young", ENDED, age_s=DAY_S)
    await make_run(store, "open")
    assert names(store, Choice()) == {"old", "moved"}
    assert names(store, Choice(older_than_s=0)) == {"old", "moved", "young"}
    assert names(store, Choice(unfinished=True)) == {"old", "moved", "open"}
    waste = find_waste(store, Choice(runs=("old",)), clock=lambda: NOW)
    assert waste[0].size >= 100_000
    assert waste[0].size == size_of(old.root)
    assert [item.run_id for item in await remove_waste(waste, git=Git())] == ["old"]
    assert {folder.run_id for folder in store.all()} == {"moved", "young", "open"}
    assert not [path for path in store.runs.iterdir() if path.name.startswith(".")]


async def test_what_could_be_resumed_goes_by_force_only_and_what_is_driven_never(store: RunStore) -> None:
    folder = await make_run(store, "open")
    with pytest.raises(UsageError, match="could be resumed"):
        find_waste(store, Choice(runs=("open",)), clock=lambda: NOW)
    forced = Choice(runs=("open",), unfinished=True)
    waste = find_waste(store, forced, clock=lambda: NOW)
    with RunLock(folder):
        with pytest.raises(UsageError, match="a process drives it"):
            find_waste(store, forced, clock=lambda: NOW)
        assert find_waste(store, Choice(unfinished=True), clock=lambda: NOW) == []
        assert await remove_waste(waste, git=Git()) == []  # begun to be driven meanwhile
    assert folder.journal.exists()
    assert [item.run_id for item in await remove_waste(waste, git=Git())] == ["open"]


async def test_a_run_that_stays_can_do_without_spare_workspaces(store: RunStore) -> None:
    folder = await make_run(store, "open")
    for name in (".idle-1", ".gone-2"):
        (folder.attempts / name / "work").mkdir(parents=True)
        (folder.attempts / name / "work/file").write_bytes(b"x" * 50_000)
    (folder.attempts / ".idle-1.lock").touch()
    assert names(store, Choice(older_than_s=40 * DAY_S)) == set()
    with RunLock(folder):
        assert names(store, Choice()) == set()
    waste = find_waste(store, Choice(), clock=lambda: NOW)
    assert [(item.run_id, item.spare, item.size >= 100_000) for item in waste] == [
        ("open", (".gone-2", ".idle-1"), True)
    ]
    with RunLock(folder):
        assert await remove_waste(waste, git=Git()) == []  # begun to be driven meanwhile
    (folder.attempts / ".gone-2").rename(folder.attempts / "used")
    assert await remove_waste(waste, git=Git()) == waste
    assert {path.name for path in folder.attempts.iterdir()} == {"a@1", "used", ".idle-1.lock"}
    assert folder.journal.exists()


async def test_a_damaged_journal_is_no_reason_to_lose_a_run(store: RunStore) -> None:
    folder = await make_run(store, "broken", ENDED)
    folder.journal.write_bytes(b"not a database")
    assert names(store, Choice(older_than_s=0)) == set()
    with pytest.raises(UsageError, match="recovered"):
        find_waste(store, Choice(runs=("broken",)), clock=lambda: NOW)
    assert names(store, Choice(older_than_s=0, unfinished=True)) == {"broken"}


async def test_what_killed_processes_left_goes(store: RunStore) -> None:
    await make_run(store, "young", ENDED, age_s=0)
    (store.runs / ".gone-x/deep").mkdir(parents=True)
    (store.runs / ".new-fresh").mkdir()
    (store.runs / ".new-stale").mkdir()
    os.utime(store.runs / ".new-fresh", (NOW, NOW))
    os.utime(store.runs / ".new-stale", (NOW - DAY_S, NOW - DAY_S))
    waste = find_waste(store, Choice(), clock=lambda: NOW)
    assert {item.folder.name for item in waste} == {".gone-x", ".new-stale"}
    (store.runs / ".gone-x/deep").chmod(0)
    await remove_waste(waste, git=Git())
    assert {path.name for path in store.runs.iterdir()} == {"young", ".new-fresh"}


async def test_branches_stay_unless_they_are_to_go(store: RunStore, tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "repository")
    for name in ("one", "two"):
        git("branch", f"swarm/{name}", cwd=repository)
        await make_run(store, name, ENDED, repository=str(repository))
    await remove_waste(find_waste(store, Choice(runs=("one",)), clock=lambda: NOW), git=Git())
    assert git("branch", "--list", "swarm/*", "--format=%(refname:short)", cwd=repository) == "swarm/one\nswarm/two"
    await remove_waste(find_waste(store, Choice(runs=("two",), branches=True), clock=lambda: NOW), git=Git())
    assert git("branch", "--list", "swarm/*", "--format=%(refname:short)", cwd=repository) == "swarm/one"
    assert store.all() == []


async def test_the_command(tmp_path: Path) -> None:
    home = tmp_path / "home"
    await make_run(RunStore(home), "old", ENDED, age_s=3650 * DAY_S)
    said = run_swarm("gc", "--dry-run", "--json", "--older-than", "0s", home=home)
    assert said.returncode == 0, said.stderr
    row = json.loads(said.stdout)
    assert (row["run_id"], row["removed"]) == ("old", False)
    assert "would be freed" in said.stderr
    assert run_swarm("gc", "--older-than", "soon", home=home).returncode == 2
    assert "freed" in run_swarm("gc", "old", home=home).stderr
    assert RunStore(home).all() == []
