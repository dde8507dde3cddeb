"""`swarm fork`: from any instant, with conversations and files as they were; the original stays as it was."""

import itertools
import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from swarm.core.events import (
    AttemptEnded,
    AttemptStarted,
    Event,
    IntegrationStarted,
    ModelCalled,
    ModelReplied,
    PlanExtended,
    Recorded,
    RunEnded,
    RunForked,
    RunPaused,
    ToolCalled,
    VerdictGiven,
    WorkspaceSnapshotted,
)
from swarm.errors import JournalUnreadable, RepositoryError, RunNotFound, UsageError
from swarm.history.forking import fork_run
from swarm.history.verification import verify_run
from swarm.journal.store import RunStore
from tests.history.history_runs import events_of, go_on, simulated, start
from tests.integration.projects import branch_files, git, run_swarm

INSTANTS: dict[str, type[Event]] = {
    "the plan": PlanExtended,
    "an attempt that starts": AttemptStarted,
    "a call in flight": ModelCalled,
    "a reply": ModelReplied,
    "a tool call without a result": ToolCalled,
    "a snapshot": WorkspaceSnapshotted,
    "a verdict": VerdictGiven,
    "a merge that begins": IntegrationStarted,
    "an attempt that ends": AttemptEnded,
}


def instant(events: list[Recorded], kind: type[Event]) -> int:
    """Return the number of the second event of a kind, so that something has happened before."""
    found = [recorded.seq for recorded in events if isinstance(recorded.event, kind)]
    return found[min(1, len(found) - 1)]


@pytest.mark.parametrize("kind", INSTANTS.values(), ids=INSTANTS)
async def test_a_fork_of_an_ended_run_goes_on_from_any_instant(tmp_path: Path, kind: type[Event]) -> None:
    home, user = tmp_path / "home", tmp_path / "repository"
    async with simulated() as endpoint:
        original = await start(endpoint, tmp_path)
        before = events_of(original)
        journal = original.journal.read_bytes()
        at = instant(before, kind)
        bought = len(endpoint.ledger.calls)
        fork = await fork_run(RunStore(home), "r", at=at, run_id="other")
        assert (await verify_run(fork.folder)).findings == []
        result = await go_on(endpoint, home, "other")
        bought = len(endpoint.ledger.calls) - bought
    assert result.done
    assert (await verify_run(fork.folder)).findings == []
    # it has the past of the other one and bought none of it again
    events = events_of(fork.folder)
    assert events[: fork.last] == before[: fork.last]
    assert at <= fork.last
    assert events[fork.last].event == RunForked("other", "swarm/other", "r", fork.last, str(user))
    assert bought == sum(isinstance(item.event, ModelReplied) for item in events[fork.last :])
    # both branches hold the same files, and the original is as it was
    assert branch_files(user, "swarm/other") == branch_files(user, "swarm/r")
    assert original.journal.read_bytes() == journal
    assert (await verify_run(original)).findings == []


async def test_both_go_on_from_the_middle_of_attempts(tmp_path: Path) -> None:
    home, user = tmp_path / "home", tmp_path / "repository"
    async with simulated() as endpoint:
        original = await start(endpoint, tmp_path, max_calls=6)
        events = events_of(original)
        assert isinstance(events[-1].event, RunPaused)
        fork = await fork_run(RunStore(home), "r", at=events[-1].seq, run_id="other")
        assert (await go_on(endpoint, home, "other")).done
        assert (await go_on(endpoint, home, "r")).done
    assert branch_files(user, "swarm/other") == branch_files(user, "swarm/r")
    for folder in (original, fork.folder):
        assert (await verify_run(folder)).findings == []


async def test_a_fork_stands_on_its_own_and_can_be_forked_again(tmp_path: Path) -> None:
    home = tmp_path / "home"
    async with simulated() as endpoint:
        original = await start(endpoint, tmp_path)
        at = instant(events_of(original), WorkspaceSnapshotted)
        first = await fork_run(RunStore(home), "r", at=at + 10, run_id="first")
        shutil.rmtree(original.root)
        assert (await verify_run(first.folder)).findings == []
        second = await fork_run(RunStore(home), "first", at=at, run_id="second")
        assert second.last < first.last
        assert (await go_on(endpoint, home, "second")).done
        assert (await go_on(endpoint, home, "first")).done


async def test_what_was_recorded_together_stays_together(tmp_path: Path) -> None:
    async with simulated() as endpoint:
        events = events_of(await start(endpoint, tmp_path))
    together = next(
        first.seq
        for first, second in itertools.pairwise(events)
        if isinstance(first.event, AttemptEnded) and first.at == second.at
    )
    fork = await fork_run(RunStore(tmp_path / "home"), "r", at=together, run_id="other")
    assert fork.last > together
    assert (await verify_run(fork.folder)).findings == []


async def test_a_late_instant_has_no_events_after_it_and_only_their_blobs(tmp_path: Path) -> None:
    async with simulated() as endpoint:
        original = await start(endpoint, tmp_path)
    fork = await fork_run(RunStore(tmp_path / "home"), "r", at=1, run_id="other")
    assert [type(item.event) for item in events_of(fork.folder)][-1] is RunForked
    assert len(events_of(fork.folder)) < len(events_of(original))
    with pytest.raises(UsageError, match="there is a run 'other' already"):
        await fork_run(RunStore(tmp_path / "home"), "r", at=1, run_id="other")


async def test_bad_instants_are_refused_and_leave_nothing_behind(tmp_path: Path) -> None:
    home = tmp_path / "home"
    async with simulated() as endpoint:
        original = await start(endpoint, tmp_path)
    events = events_of(original)
    end = next(item.seq for item in events if isinstance(item.event, RunEnded))
    for at, words in ((0, "go from 1 to"), (end + 1, "go from 1 to"), (end, "had ended")):
        with pytest.raises(UsageError, match=words):
            await fork_run(RunStore(home), "r", at=at, run_id="other")
    with pytest.raises(RunNotFound):
        await fork_run(RunStore(home), "nobody", at=1)
    with pytest.raises(UsageError, match="cannot be the id"):
        await fork_run(RunStore(home), "r", at=5, run_id="../other")
    assert [path.name for path in (home / "runs").iterdir()] == ["r"]


async def test_an_instant_whose_files_are_lost_is_refused(tmp_path: Path) -> None:
    async with simulated() as endpoint:
        original = await start(endpoint, tmp_path, max_calls=6)
    snapshots = [item for item in events_of(original) if isinstance(item.event, WorkspaceSnapshotted)]
    event = snapshots[-1].event
    assert isinstance(event, WorkspaceSnapshotted)
    (original.intake / "objects" / event.tree[:2] / event.tree[2:]).unlink()
    git("branch", "-q", "-D", "swarm/r", cwd=tmp_path / "repository")
    git("gc", "-q", "--prune=now", cwd=tmp_path / "repository")
    with pytest.raises(RepositoryError, match=event.tree):
        await fork_run(RunStore(tmp_path / "home"), "r", at=snapshots[-1].seq, run_id="other")


async def test_a_damaged_event_before_the_instant_is_not_copied(tmp_path: Path) -> None:
    async with simulated() as endpoint:
        original = await start(endpoint, tmp_path)
    connection = sqlite3.connect(original.journal)
    damaged = instant(events_of(original), ModelCalled)
    connection.execute("UPDATE events SET type = 'note_recorded' WHERE seq = ?", (damaged,))
    connection.commit()
    connection.close()
    with pytest.raises(JournalUnreadable, match=f"event {damaged}"):
        await fork_run(RunStore(tmp_path / "home"), "r", at=damaged, run_id="other")
    early = await fork_run(RunStore(tmp_path / "home"), "r", at=damaged - 1, run_id="early")
    assert early.last == damaged - 1
    assert (await verify_run(early.folder)).findings == []


async def test_the_command_prints_the_new_id(tmp_path: Path) -> None:
    home = tmp_path / "home"
    async with simulated() as endpoint:
        await start(endpoint, tmp_path)
    made = run_swarm("fork", "r", "--at", "20", "--run-id", "other", home=home)
    assert (made.returncode, made.stdout) == (0, "other\n")
    assert "swarm resume other" in made.stderr
    listed = [json.loads(line) for line in run_swarm("list", "--json", home=home).stdout.splitlines()]
    assert listed[0]["run_id"] == "other"
    assert listed[0]["state"] == "paused"
    assert listed[0]["reason"].startswith("forked from r at event")
    assert run_swarm("fork", "r", home=home).returncode == 2
    assert run_swarm("fork", "r", "--at", "100000", home=home).returncode == 2
    # nothing that somebody does in the repository by hand takes an instant away
    assert git("config", "gc.pruneExpire", cwd=home / "runs" / "other" / "repository.git") == "never"
    assert git("config", "gc.auto", cwd=home / "runs" / "r" / "repository.git") == "0"
