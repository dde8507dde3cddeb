"""`swarm verify`: sound runs are called sound, and each kind of damage is found, named and explained."""

import asyncio
import json
import shutil
import sqlite3
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from swarm.core.audit import Finding
from swarm.core.events import Integrated, WorkspaceSnapshotted
from swarm.errors import JournalTooNew
from swarm.history.verification import MOST_FINDINGS, verify_run
from swarm.journal import codec
from swarm.journal.store import RunFolder, RunLock
from tests.history.history_runs import events_of, go_on, simulated, start
from tests.integration.projects import environment as environment_of
from tests.integration.projects import (
    git,
    kill_after_events,
    make_repository,
    run_swarm,
    swarm_command,
)


@pytest.fixture
async def ended(tmp_path: Path) -> AsyncIterator[RunFolder]:
    async with simulated() as endpoint:
        yield await start(endpoint, tmp_path)


def change(folder: RunFolder, statement: str, *values: object) -> None:
    connection = sqlite3.connect(folder.journal)
    assert connection.execute(statement, values).rowcount > 0
    connection.commit()
    connection.close()


async def findings(folder: RunFolder) -> list[Finding]:
    return (await verify_run(folder)).findings


def loose(repository: Path, name: str) -> Path:
    return repository / "objects" / name[:2] / name[2:]


def lose(folder: RunFolder, name: str, user: Path) -> None:
    """Remove an object from wherever it is: the intake, the run's repository, the user's after the publication."""
    places = [file for file in (loose(folder.intake, name), loose(folder.repository, name)) if file.exists()]
    assert places
    for file in places:
        file.unlink()
    git("branch", "-q", "-D", "swarm/r", cwd=user)
    git("gc", "-q", "--prune=now", cwd=user)


async def test_a_run_is_sound_when_paused_and_when_it_has_ended(tmp_path: Path) -> None:
    async with simulated() as endpoint:
        folder = await start(endpoint, tmp_path, max_calls=7)
        paused = await verify_run(folder)
        assert paused.findings == []
        assert paused.events == len(events_of(folder))
        assert (await go_on(endpoint, tmp_path / "home", "r")).done
    ended = await verify_run(folder)
    assert ended.findings == []
    assert ended.objects >= 4 * 3  # a snapshot, a commit and a merge of each subtask


@pytest.mark.parametrize("count", [12, 40])
async def test_a_killed_run_is_sound(tmp_path: Path, count: int) -> None:
    repository = make_repository(tmp_path / "repository")
    home = tmp_path / "home"
    async with simulated() as endpoint:
        process = subprocess.Popen(
            swarm_command(
                *("run", "Write files", "--repo", str(repository), "--run-id", "r", "--display", "none"),
                *("--base-url", endpoint.base_url, "--model", "m", "--sandbox", "none"),
            ),
            env=environment_of(home),
            text=True,
        )
        folder = RunFolder(home / "runs" / "r")
        assert await asyncio.to_thread(kill_after_events, process, folder.journal, count)
    assert await findings(folder) == []


async def test_a_changed_event_is_found_by_its_checksum(ended: RunFolder) -> None:
    change(ended, "UPDATE events SET at = at + 1 WHERE seq = 20")
    (finding,) = await findings(ended)
    assert (finding.where, finding.seq) == ("journal", 20)
    assert "checksum" in finding.problem
    assert finding.advice


async def test_a_missing_event_is_found(ended: RunFolder) -> None:
    change(ended, "DELETE FROM events WHERE seq = 20")
    (finding,) = await findings(ended)
    assert (finding.seq, "event 20 is missing" in finding.problem) == (20, True)


async def test_a_changed_blob_is_found(ended: RunFolder) -> None:
    change(ended, "UPDATE blobs SET data = ?", codec.compress(b"something else"))
    (finding,) = await findings(ended)
    assert "blob" in finding.problem
    assert "damaged" in finding.problem


async def test_a_flipped_page_is_found_by_sqlite(ended: RunFolder) -> None:
    data = bytearray(ended.journal.read_bytes())
    index = data.index(b"s1@1", len(data) // 2)
    data[index : index + 4] = b"x9@9"
    ended.journal.write_bytes(bytes(data))
    assert [finding.where for finding in await findings(ended)] != []


async def test_an_epoch_that_went_back_is_found(ended: RunFolder) -> None:
    change(ended, "UPDATE meta SET value = 0 WHERE key = 'epoch'")
    (finding,) = await findings(ended)
    assert "epoch" in finding.problem


async def test_another_runs_journal_is_found(ended: RunFolder) -> None:
    change(ended, "UPDATE meta SET value = 'another' WHERE key = 'run_id'")
    (finding,) = await findings(ended)
    assert "'another'" in finding.problem


async def test_a_newer_journal_is_refused(ended: RunFolder) -> None:
    change(ended, "UPDATE meta SET value = 99 WHERE key = 'format'")
    with pytest.raises(JournalTooNew):
        await verify_run(ended)


async def test_a_lost_snapshot_is_found_and_named_by_its_event(ended: RunFolder, tmp_path: Path) -> None:
    recorded = next(item for item in events_of(ended) if isinstance(item.event, WorkspaceSnapshotted))
    assert isinstance(recorded.event, WorkspaceSnapshotted)
    lose(ended, recorded.event.tree, tmp_path / "repository")
    found = [finding for finding in await findings(ended) if finding.seq == recorded.seq]
    assert [finding.where for finding in found] == ["repository"]
    assert recorded.event.tree in found[0].problem
    assert f"--at {recorded.seq - 1}" in found[0].advice


async def test_a_lost_file_of_a_snapshot_is_found(ended: RunFolder, tmp_path: Path) -> None:
    blob = subprocess.run(
        ["git", "hash-object", "--stdin"], input=b"done\n", capture_output=True, check=True
    ).stdout.decode()
    lose(ended, blob.strip(), tmp_path / "repository")
    found = await findings(ended)
    assert found
    assert {finding.where for finding in found} == {"repository"}


async def test_a_damaged_object_is_found(ended: RunFolder) -> None:
    merge = next(item.event for item in events_of(ended) if isinstance(item.event, Integrated))
    file = loose(ended.repository, merge.head)
    file.chmod(0o600)
    file.write_bytes(file.read_bytes()[:20])
    assert any("damaged" in finding.problem for finding in await findings(ended))


async def test_a_branch_that_somebody_moved_is_found_and_can_be_put_back(ended: RunFolder) -> None:
    git("update-ref", "refs/heads/swarm/r", "refs/heads/swarm/r~1", cwd=ended.repository)
    (finding,) = await findings(ended)
    assert "the branch is at" in finding.problem
    command = finding.advice.split("`")[1]
    subprocess.run(command.split(), check=True)
    assert await findings(ended) == []


async def test_a_target_repository_that_is_gone_is_found(ended: RunFolder, tmp_path: Path) -> None:
    (tmp_path / "repository").rename(tmp_path / "elsewhere")
    found = await findings(ended)
    assert any("are gone" in finding.problem for finding in found)


async def test_a_repository_that_is_gone_is_found(ended: RunFolder) -> None:
    ended.repository.rename(ended.root / "other.git")
    (finding,) = await findings(ended)
    assert "no repository" in finding.problem


async def test_findings_are_bounded(ended: RunFolder) -> None:
    shutil.rmtree(ended.repository / "objects")
    (ended.repository / "objects").mkdir()
    found = await verify_run(ended)
    assert 0 < len(found.findings) <= MOST_FINDINGS


async def test_a_driven_run_may_be_verified(ended: RunFolder) -> None:
    with RunLock(ended):
        assert await findings(ended) == []


async def test_the_command_says_so_with_its_exit_code(ended: RunFolder, tmp_path: Path) -> None:
    sound = run_swarm("verify", "r", home=tmp_path / "home")
    assert sound.returncode == 0
    assert "nothing is wrong" in sound.stdout
    change(ended, "DELETE FROM events WHERE seq = 20")
    damaged = run_swarm("verify", "r", home=tmp_path / "home")
    assert damaged.returncode == 7
    assert "event 20" in damaged.stdout
    rows = [json.loads(line) for line in run_swarm("verify", "r", "--json", home=tmp_path / "home").stdout.splitlines()]
    assert rows[0]["seq"] == 20
    assert rows[-1]["findings"] == 1
