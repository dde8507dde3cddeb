"""What a resume may find: a damaged journal, another run's, a repository that moved or lost objects."""

import asyncio
import contextlib
import shutil
import sqlite3
from pathlib import Path

from swarm import Endpoint, Limits, Swarm, Task
from swarm.core.events import NoteRecorded, PauseReason
from swarm.journal.backup import back_up
from swarm.journal.reader import JournalReader
from swarm.journal.store import RunFolder
from swarm.testing.endpoint import SimulatedEndpoint
from tests.integration.projects import branch_files, file_plan, file_scenario, git, make_repository, run_swarm

COMMON = ("--display", "none", "--sandbox", "none")
PLAN = file_plan(4, layer=2)


async def paused_run(simulated: SimulatedEndpoint, tmp_path: Path) -> RunFolder:
    """Return a run that has merged something and stands still in the middle."""
    repository = make_repository(tmp_path / "repository", {"a.txt": "a\n", "folder/b.txt": "b\n"})
    async with Swarm(Endpoint(simulated.base_url, model="m"), home=tmp_path / "home", sandbox="none") as swarm:
        task = Task(instruction="x", repository=str(repository), limits=Limits(max_calls=11))
        run = await swarm.submit(task, plan=PLAN, run_id="r")
        result = await run.result()
    assert result.paused is not None
    return run.folder


async def resumed(tmp_path: Path, code: int) -> str:
    done = await asyncio.to_thread(run_swarm, "resume", "r", "--max-calls", "1000", *COMMON, home=tmp_path / "home")
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr


async def test_a_damaged_journal_is_refused_recovered_and_goes_on(tmp_path: Path) -> None:
    async with SimulatedEndpoint(file_scenario(PLAN)) as simulated:
        folder = await paused_run(simulated, tmp_path)
        back_up(folder.journal)
        with folder.journal.open("r+b") as file:
            file.write(b"\0" * 4096)
        said = await resumed(tmp_path, 7)
        assert "`swarm recover r`" in said
        recovered = await asyncio.to_thread(run_swarm, "recover", "r", home=tmp_path / "home")
        assert recovered.returncode == 0, recovered.stderr
        assert "from the copy of 20" in recovered.stdout
        assert "lost: nothing that is known of" in recovered.stdout
        assert str(folder.root / "damaged-") in recovered.stdout
        verified = await asyncio.to_thread(run_swarm, "verify", "r", home=tmp_path / "home")
        assert verified.returncode == 0, verified.stdout
        again = await asyncio.to_thread(run_swarm, "recover", "r", home=tmp_path / "home")
        assert "is sound" in again.stdout
        await resumed(tmp_path, 0)
        assert simulated.ledger.delivered_twice() == []
    assert len(branch_files(tmp_path / "repository", "swarm/r")) == 6


async def test_lost_events_are_named_and_the_branch_goes_back_with_them(tmp_path: Path) -> None:
    async with SimulatedEndpoint(file_scenario(PLAN)) as simulated:
        folder = await paused_run(simulated, tmp_path)
        with JournalReader(folder.journal) as reader:
            merged = [event["seq"] for event in reader.raw() if event["type"] == "integrated"]
            last = reader.last_seq()
        assert merged, "something was merged before the pause"
        truncate(folder.journal, before=merged[0])
        said = await resumed(tmp_path, 7)
        assert f"{last} were recorded" in said
        verified = await asyncio.to_thread(run_swarm, "verify", "r", home=tmp_path / "home")
        assert verified.returncode == 7
        assert f"{last} were recorded" in verified.stdout
        assert "`swarm recover r`" in verified.stdout
        recovered = await asyncio.to_thread(run_swarm, "recover", "r", home=tmp_path / "home")
        assert recovered.returncode == 0, recovered.stderr
        assert f"lost: events {merged[0]} to {last}, what was recorded after 20" in recovered.stdout
        verified = await asyncio.to_thread(run_swarm, "verify", "r", home=tmp_path / "home")
        assert verified.returncode == 0, verified.stdout
        with JournalReader(folder.journal) as reader:
            notes = [recorded.event.text for recorded in reader.events() if isinstance(recorded.event, NoteRecorded)]
        assert any(f"events {merged[0]} to {last} are lost" in note for note in notes)
        git("branch", "-m", "swarm/r", "lost-work", cwd=tmp_path / "repository")
        await resumed(tmp_path, 0)
    assert len(branch_files(tmp_path / "repository", "swarm/r")) == 6


def truncate(journal: Path, *, before: int) -> None:
    """Take away the journal's last events, as an old copy of the file would."""
    with contextlib.closing(sqlite3.connect(journal)) as connection:
        connection.execute("DELETE FROM events WHERE seq >= ?", (before,))
        connection.commit()


async def test_a_repository_that_moved_is_named_and_a_link_to_it_will_do(tmp_path: Path) -> None:
    async with SimulatedEndpoint(file_scenario(PLAN)) as simulated:
        await paused_run(simulated, tmp_path)
        repository = tmp_path / "repository"
        repository.rename(tmp_path / "elsewhere")
        said = await resumed(tmp_path, 2)
        assert f"{repository}, is gone" in said
        assert "nothing is lost" in said
        repository.symlink_to(tmp_path / "elsewhere")
        await resumed(tmp_path, 0)
        assert simulated.ledger.delivered_twice() == []
    assert len(branch_files(tmp_path / "elsewhere", "swarm/r")) == 6


async def test_a_repository_that_lost_an_object_is_refused_until_it_is_back(tmp_path: Path) -> None:
    async with SimulatedEndpoint(file_scenario(PLAN)) as simulated:
        await paused_run(simulated, tmp_path)
        repository = tmp_path / "repository"
        blob = git("rev-parse", "HEAD:folder/b.txt", cwd=repository)
        # The user's own head does not need it any more; the run does.
        git("rm", "-q", "folder/b.txt", cwd=repository)
        git("commit", "-q", "-m", "Without it", cwd=repository)
        file = repository / ".git/objects" / blob[:2] / blob[2:]
        file.rename(tmp_path / "kept")
        said = await resumed(tmp_path, 2)
        assert "is not complete" in said
        assert "nothing is lost" in said
        (tmp_path / "kept").rename(file)
        await resumed(tmp_path, 0)
        assert simulated.ledger.delivered_twice() == []


async def test_a_history_that_was_rewritten_and_pruned_is_refused_until_it_is_back(tmp_path: Path) -> None:
    async with SimulatedEndpoint(file_scenario(PLAN)) as simulated:
        await paused_run(simulated, tmp_path)
        repository = tmp_path / "repository"
        shutil.copytree(repository, tmp_path / "kept")
        git("commit", "--amend", "-q", "-m", "Other", "--date", "2001-01-01T00:00:00", cwd=repository)
        git("update-ref", "-d", "refs/heads/swarm/r", cwd=repository)
        git("reflog", "expire", "--expire=now", "--all", cwd=repository)
        git("gc", "-q", "--prune=now", cwd=repository)
        said = await resumed(tmp_path, 2)
        assert "rewritten and pruned" in said
        git("fetch", "-q", str(tmp_path / "kept"), "main:kept", cwd=repository)
        await resumed(tmp_path, 0)
        assert simulated.ledger.delivered_twice() == []
    assert len(branch_files(repository, "swarm/r")) == 6


async def test_a_repository_that_vanishes_under_a_run_pauses_it(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "repository")
    async with SimulatedEndpoint(file_scenario(PLAN)) as simulated:
        async with (
            Swarm(Endpoint(simulated.base_url, model="m"), home=tmp_path / "home", sandbox="none") as swarm,
            simulated.hold("s*") as hold,
        ):
            run = await swarm.submit(Task(instruction="x", repository=str(repository)), plan=PLAN, run_id="r")
            await hold.reached(1)
            repository.rename(tmp_path / "elsewhere")
            hold.release()
            result = await run.result()
        assert result.ended is None, result.ended
        assert result.paused is not None
        assert result.paused.reason is PauseReason.STORAGE
        (tmp_path / "elsewhere").rename(repository)
        await resumed(tmp_path, 0)
        assert simulated.ledger.delivered_twice() == []


async def test_the_journal_of_another_run_is_refused(tmp_path: Path) -> None:
    async with SimulatedEndpoint(file_scenario(PLAN)) as simulated:
        folder = await paused_run(simulated, tmp_path)
    folder.root.rename(folder.root.with_name("renamed"))
    for command in ("resume", "status"):
        done = await asyncio.to_thread(run_swarm, command, "renamed", home=tmp_path / "home")
        assert done.returncode == 7, done.stderr
        assert "is the journal of run 'r', not of 'renamed'" in done.stderr
