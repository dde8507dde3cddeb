"""`swarm export` and `swarm import`: to another folder, repository, user; while it is driven; for good."""

import asyncio
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import swarm
from swarm.core.events import ModelReplied, RunImported, RunMoved, WorkspaceSnapshotted
from swarm.errors import JournalWriteFailed, RepositoryError, RunOwned, UsageError
from swarm.history.exporting import export_run
from swarm.history.forking import fork_run
from swarm.history.importing import import_run
from swarm.history.verification import verify_run
from swarm.journal.reader import JournalReader
from swarm.journal.store import RunLock, RunStore
from swarm.testing.endpoint import SimulatedEndpoint
from tests.history.history_runs import events_of, go_on, simulated, start
from tests.integration.projects import branch_files, environment, git, make_repository, run_swarm, swarm_command


async def stopped(endpoint: SimulatedEndpoint, tmp_path: Path) -> Path:
    """Stop a run in the middle of attempts, export it, and return the archive."""
    await start(endpoint, tmp_path, max_calls=6)
    archive = tmp_path / "r.tar.gz"
    await export_run(RunStore(tmp_path / "home"), "r", archive)
    return archive


async def test_a_run_goes_on_where_its_repository_never_was(tmp_path: Path) -> None:
    there = tmp_path / "there"
    async with simulated() as endpoint:
        archive = await stopped(endpoint, tmp_path)
        assert (await go_on(endpoint, tmp_path / "home", "r")).done
        original = branch_files(tmp_path / "repository", "swarm/r")
        before = git("rev-parse", "main", cwd=tmp_path / "repository")
        shutil.rmtree(tmp_path / "home")
        shutil.rmtree(tmp_path / "repository")
        folder = await import_run(RunStore(there), archive, repository=tmp_path / "new")
        assert (await verify_run(folder)).findings == []
        assert (tmp_path / "new" / "README.md").read_text() == "A project.\n"
        assert git("status", "--porcelain", cwd=tmp_path / "new") == ""
        assert git("rev-parse", "main", cwd=tmp_path / "new") == before
        past = len(events_of(folder))
        bought = len(endpoint.ledger.calls)
        result = await go_on(endpoint, there, "r")
        bought = len(endpoint.ledger.calls) - bought
    assert result.done
    assert branch_files(tmp_path / "new", "swarm/r") == original
    assert bought == sum(isinstance(item.event, ModelReplied) for item in events_of(folder)[past:])
    assert (await verify_run(folder)).findings == []


async def test_it_may_take_another_id_and_a_clone_that_has_the_commit(tmp_path: Path) -> None:
    async with simulated() as endpoint:
        archive = await stopped(endpoint, tmp_path)
        git("clone", "-q", str(tmp_path / "repository"), str(tmp_path / "clone"), cwd=tmp_path)
        store = RunStore(tmp_path / "home")
        folder = await import_run(store, archive, run_id="second", repository=tmp_path / "clone")
        assert (await go_on(endpoint, tmp_path / "home", "second")).done
        assert (await go_on(endpoint, tmp_path / "home", "r")).done
    assert branch_files(tmp_path / "clone", "swarm/second") == branch_files(tmp_path / "repository", "swarm/r")
    (imported,) = [item.event for item in events_of(folder) if isinstance(item.event, RunImported)]
    assert (imported.run_id, imported.from_run_id) == ("second", "r")
    assert imported.repository == str(tmp_path / "clone")


async def test_old_instants_come_along(tmp_path: Path) -> None:
    there = RunStore(tmp_path / "there")
    async with simulated() as endpoint:
        original = await start(endpoint, tmp_path)
        await export_run(RunStore(tmp_path / "home"), "r", tmp_path / "r.tar")
        first = next(item for item in events_of(original) if isinstance(item.event, WorkspaceSnapshotted))
        shutil.rmtree(original.root)
        await import_run(there, tmp_path / "r.tar", repository=tmp_path / "new")
        shutil.rmtree(tmp_path / "repository")
        fork = await fork_run(there, "r", at=first.seq, run_id="early")
        assert (await verify_run(fork.folder)).findings == []
        assert (await go_on(endpoint, tmp_path / "there", "early")).done


async def test_a_run_can_be_exported_while_it_is_driven(tmp_path: Path) -> None:
    home, repository = tmp_path / "home", make_repository(tmp_path / "repository")
    async with simulated() as endpoint:
        process = subprocess.Popen(
            swarm_command(
                *("run", "Write files", "--repo", str(repository), "--run-id", "r", "--display", "none"),
                *("--base-url", endpoint.base_url, "--model", "m", "--sandbox", "none"),
            ),
            env=environment(home),
        )
        journal = home / "runs" / "r" / "journal.db"
        await asyncio.to_thread(_wait_for_events, journal, 30)
        manifest = await export_run(RunStore(home), "r", tmp_path / "r.tar")
        if process.poll() is None:
            with pytest.raises(RunOwned):
                await export_run(RunStore(home), "r", tmp_path / "moved.tar", move=True)
            assert not (tmp_path / "moved.tar").exists()
        assert await asyncio.to_thread(process.wait) == 0
        assert manifest.last_seq >= 30
        folder = await import_run(RunStore(tmp_path / "there"), tmp_path / "r.tar")
        assert (await verify_run(folder)).findings == []
        last = events_of(folder)[-2]
        if manifest.last_seq < len(events_of(RunStore(home).find("r"))):
            assert last == events_of(RunStore(home).find("r"))[manifest.last_seq - 1]
            assert (await go_on(endpoint, tmp_path / "there", "r")).done


def _wait_for_events(journal: Path, count: int) -> None:
    while True:
        try:
            with JournalReader(journal) as reader:
                if reader.last_seq() >= count:
                    return
        except Exception:  # noqa: BLE001 - the file is just being made
            pass


async def test_a_moved_run_is_refused_at_its_old_place_and_goes_on_at_the_new_one(tmp_path: Path) -> None:
    home, there, archive = tmp_path / "home", tmp_path / "there", tmp_path / "r.tar"
    async with simulated() as endpoint:
        folder = await start(endpoint, tmp_path, max_calls=6)
        moved = run_swarm("export", "r", "-o", str(archive), "--move", home=home)
        assert moved.returncode == 0, moved.stderr
        assert moved.stdout.strip() == str(archive)
        assert events_of(folder)[-1].event == RunMoved(str(archive))
        with pytest.raises(UsageError, match=f"goes on from {archive}"):
            await go_on(endpoint, home, "r")
        status = run_swarm("status", "r", home=home)
        assert f"moved to {archive}" in status.stdout
        cancelled = run_swarm("cancel", "r", home=home)
        assert cancelled.returncode == 2
        assert f"goes on from {archive}" in cancelled.stderr
        imported = run_swarm("import", str(archive), home=there)
        assert (imported.returncode, imported.stdout) == (0, "r\n"), imported.stderr
        assert endpoint.base_url in imported.stderr
        assert (await go_on(endpoint, there, "r")).done
        assert (await verify_run(folder)).findings == []
        # and back, under another name
        back = await import_run(RunStore(home), archive, run_id="back")
        assert back.run_id == "back"


async def test_the_archive_holds_replies_that_are_on_their_way(tmp_path: Path) -> None:
    async with simulated() as endpoint:
        folder = await start(endpoint, tmp_path, max_calls=6)
        folder.spool.mkdir(exist_ok=True)
        (folder.spool / ("a" * 32)).write_bytes(b"half a reply")
        await export_run(RunStore(tmp_path / "home"), "r", tmp_path / "r.tar")
    there = await import_run(RunStore(tmp_path / "there"), tmp_path / "r.tar")
    assert (there.spool / ("a" * 32)).read_bytes() == b"half a reply"


async def test_an_imported_run_that_had_ended_stays_ended(tmp_path: Path) -> None:
    there = tmp_path / "there"
    async with simulated() as endpoint:
        await start(endpoint, tmp_path)
        await export_run(RunStore(tmp_path / "home"), "r", tmp_path / "r.tar")
        folder = await import_run(RunStore(there), tmp_path / "r.tar", repository=tmp_path / "new")
        with pytest.raises(UsageError, match="has ended already"):
            await go_on(endpoint, there, "r")
    last = str(events_of(folder)[-1].seq)
    assert run_swarm("events", "r", "--follow", "--after", last, home=there).returncode == 0
    assert run_swarm("cancel", "r", home=there).returncode == 2
    assert run_swarm("merge", "r", home=there).returncode == 0
    assert (tmp_path / "new" / "f3.txt").read_text() == "done\n"


async def test_a_shallow_repository_moves_too(tmp_path: Path) -> None:
    full = make_repository(tmp_path / "full")
    for number in range(3):
        git("commit", "-q", "--allow-empty", "-m", str(number), cwd=full)
    git("clone", "-q", "--depth", "1", f"file://{full}", str(tmp_path / "repository"), cwd=tmp_path)
    there = tmp_path / "there"
    async with simulated() as endpoint:
        archive = await stopped(endpoint, tmp_path)
        shutil.rmtree(tmp_path / "repository")
        await import_run(RunStore(there), archive, repository=tmp_path / "new")
        assert (await go_on(endpoint, there, "r")).done
    assert git("rev-parse", "--is-shallow-repository", cwd=tmp_path / "new") == "true"
    assert "f3.txt" in branch_files(tmp_path / "new", "swarm/r")


# -- refused -------------------------------------------------------------------------------------------------------


async def test_a_repository_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    there = RunStore(tmp_path / "there")
    async with simulated() as endpoint:
        archive = await stopped(endpoint, tmp_path)
    make_repository(tmp_path / "other", {"x.txt": "x\n"})
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").write_text("mine\n")
    for name, words in (("other", "does not have"), ("full", "cannot work on"), ("full/file", "cannot work on")):
        with pytest.raises(RepositoryError, match=words):
            await import_run(there, archive, repository=tmp_path / name)
    (tmp_path / "repository").rename(tmp_path / "elsewhere")
    with pytest.raises(RepositoryError, match="cannot work on") as caught:
        await import_run(there, archive)
    assert "--repo" in caught.value.hint
    assert list(there.runs.iterdir()) == []
    assert (tmp_path / "full" / "file").read_text() == "mine\n"


async def test_an_id_that_is_taken_is_refused(tmp_path: Path) -> None:
    async with simulated() as endpoint:
        archive = await stopped(endpoint, tmp_path)
    with pytest.raises(UsageError, match="there is a run 'r' already") as caught:
        await import_run(RunStore(tmp_path / "home"), archive)
    assert "--as" in caught.value.hint
    with pytest.raises(UsageError, match="cannot be the id"):
        await import_run(RunStore(tmp_path / "home"), archive, run_id="../x")


async def test_an_archive_is_never_overwritten_and_its_owners_only(tmp_path: Path) -> None:
    async with simulated() as endpoint:
        archive = await stopped(endpoint, tmp_path)
    assert archive.stat().st_mode & 0o777 == 0o600
    before = archive.read_bytes()
    with pytest.raises(UsageError, match="exists already"):
        await export_run(RunStore(tmp_path / "home"), "r", archive)
    assert archive.read_bytes() == before
    with pytest.raises(UsageError, match="no folder"):
        await export_run(RunStore(tmp_path / "home"), "r", tmp_path / "missing" / "r.tar")
    assert {path.name for path in tmp_path.iterdir()} == {"home", "repository", "r.tar.gz"}


async def test_a_run_whose_objects_are_lost_is_not_exported(tmp_path: Path) -> None:
    async with simulated() as endpoint:
        folder = await start(endpoint, tmp_path, max_calls=6)
    event = next(item.event for item in events_of(folder) if isinstance(item.event, WorkspaceSnapshotted))
    assert isinstance(event, WorkspaceSnapshotted)
    (folder.intake / "objects" / event.tree[:2] / event.tree[2:]).unlink()
    git("branch", "-q", "-D", "swarm/r", cwd=tmp_path / "repository")
    git("gc", "-q", "--prune=now", cwd=tmp_path / "repository")
    with pytest.raises(RepositoryError, match="could not be bundled"):
        await export_run(RunStore(tmp_path / "home"), "r", tmp_path / "r.tar", move=True)
    assert [path.name for path in tmp_path.glob("*r.tar*")] == []
    assert not isinstance(events_of(folder)[-1].event, RunMoved)
    with RunLock(folder):
        pass  # the lock is free again


# -- a full disk and another user ---------------------------------------------------------------------------------


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "small"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=600k", "tmpfs", str(place)], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("needs the right to mount a tmpfs")
    yield place
    subprocess.run(["umount", str(place)], check=True)


async def test_a_full_disk_leaves_nothing_half_made(tmp_path: Path, small_disk: Path) -> None:
    make_repository(tmp_path / "repository", {"large.bin": os.urandom(300_000).hex()})
    async with simulated() as endpoint:
        archive = await stopped(endpoint, tmp_path)
        with pytest.raises(JournalWriteFailed) as caught:
            await import_run(RunStore(small_disk), archive)
        assert "space" in caught.value.hint
        assert list((small_disk / "runs").iterdir()) == []
        with pytest.raises((JournalWriteFailed, RepositoryError)):
            await export_run(RunStore(tmp_path / "home"), "r", small_disk / "r.tar", move=True)
        assert [path.name for path in small_disk.iterdir()] == ["runs"]
        assert (await go_on(endpoint, tmp_path / "home", "r")).done


AS_NOBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all", "--bounding-set=-all")


PACKAGES = os.pathsep.join((str(Path(swarm.__file__).parents[1]), sysconfig.get_path("purelib")))
NESTED = "import subprocess, sys, swarm.cli.app, pydantic; subprocess.run([sys.executable, '-c', '1'], check=True)"


def an_interpreter_for_nobody() -> str:
    """Return a Python that another user may start, and that it may start in turn; empty when there is none."""
    for interpreter in (sys.executable, "/usr/bin/python3"):
        command = [*AS_NOBODY, interpreter, "-c", NESTED]
        if not subprocess.run(command, env={**os.environ, "PYTHONPATH": PACKAGES}, capture_output=True).returncode:
            return interpreter
    return ""


@pytest.fixture
def nobodys_folder() -> Iterator[Path]:
    if os.geteuid() != 0 or shutil.which("setpriv") is None:
        pytest.skip("needs root and setpriv")
    folder = Path(tempfile.mkdtemp(prefix="swarm-nobody-"))
    os.chown(folder, 65534, 65534)
    yield folder
    shutil.rmtree(folder)


async def test_another_user_goes_on_with_it(tmp_path: Path, nobodys_folder: Path) -> None:
    interpreter = an_interpreter_for_nobody()
    if not interpreter:
        pytest.skip("another user can start no Python with the packages that swarm needs")
    archive = nobodys_folder / "r.tar"
    variables = environment(nobodys_folder / "home", HOME=str(nobodys_folder), PYTHONPATH=PACKAGES)

    async def as_nobody(*arguments: str) -> str:
        command = [*AS_NOBODY, interpreter, "-m", "swarm", *arguments]
        done = await asyncio.to_thread(
            subprocess.run, command, env=variables, cwd=nobodys_folder, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return str(done.stdout)

    async with simulated() as endpoint:
        await start(endpoint, tmp_path, max_calls=6)
        await export_run(RunStore(tmp_path / "home"), "r", archive, move=True)
        os.chown(archive, 65534, 65534)
        await as_nobody("import", str(archive), "--repo", str(nobodys_folder / "project"))
        await as_nobody("verify", "r")
        await as_nobody("resume", "r", "--sandbox", "none", "--max-calls", "100000", "--display", "none")
    names = subprocess.run(
        [*AS_NOBODY, "git", "ls-tree", "-r", "--name-only", "swarm/r"],
        cwd=nobodys_folder / "project",
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert names == ["README.md", "f0.txt", "f1.txt", "f2.txt", "f3.txt"]
    assert (nobodys_folder / "home" / "runs" / "r").stat().st_uid == 65534
