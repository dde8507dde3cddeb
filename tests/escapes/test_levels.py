"""Whole runs where bubblewrap does not work: less is said aloud, and refused where a person wanted it refused."""

import asyncio
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from swarm.core.events import NoteRecorded, RunOpened
from swarm.journal.reader import JournalReader
from swarm.testing.endpoint import SimulatedEndpoint
from swarm.workspace.choosing import probe, probe_bwrap
from swarm.workspace.sandbox import Sandbox, SandboxLevel
from tests.integration.projects import as_json, environment, file_plan, file_scenario, make_repository, swarm_command

HIDE = 'mount --bind /bin/false "$0" && exec "$@"'


async def run_without_bwrap(*arguments: str, home: Path) -> "subprocess.CompletedProcess[str]":
    """Run a command where the system's bubblewrap is a program that only fails."""
    program = shutil.which("bwrap")
    assert program is not None
    command = ["unshare", "--mount", "sh", "-c", HIDE, program, *swarm_command(*arguments)]
    return await asyncio.to_thread(
        subprocess.run, command, env=environment(home), capture_output=True, text=True, timeout=100, check=False
    )


@pytest.fixture
async def home(tmp_path: Path) -> Path:
    if os.geteuid() != 0 or shutil.which("bwrap") is None or shutil.which("unshare") is None:
        pytest.skip("only root can hide a bubblewrap that is there")
    if (reason := await probe(Sandbox(SandboxLevel.LANDLOCK))) or (reason := await probe_bwrap()):
        pytest.skip(reason)
    return tmp_path / "home"


async def test_a_run_in_landlock(home: Path, tmp_path: Path) -> None:
    repository, plan = make_repository(tmp_path / "repository"), file_plan(2)
    (tmp_path / "plan.json").write_text(as_json(plan))
    async with SimulatedEndpoint(file_scenario(plan)) as simulated:
        common = ("--base-url", simulated.base_url, "--model", "m", "--display", "none")
        run = ("run", "Work", "--repo", str(repository), "--plan", str(tmp_path / "plan.json"), *common)
        done = await run_without_bwrap(*run, "--run-id", "r", home=home)
        assert done.returncode == 0, done.stderr
        assert "warning: SANDBOX DEGRADED (L1, Landlock version" in done.stderr
        strict = await run_without_bwrap(*run, "--sandbox", "strict", home=home)
        hosts = await run_without_bwrap(*run, "--allow-host", "pypi.org", "--run-id", "h", home=home)
    assert strict.returncode == 3
    assert "No sandbox works on this machine: bubblewrap did not start" in strict.stderr
    assert hosts.returncode == 3
    assert "can only keep all of the network away" in hosts.stderr
    with JournalReader(home / "runs" / "r" / "journal.db") as reader:
        events = [recorded.event for recorded in reader.events()]
    (opened,) = (event for event in events if isinstance(event, RunOpened))
    assert opened.settings.sandbox == "landlock"
    assert [event.text for event in events if isinstance(event, NoteRecorded)] == [opened.settings.degraded]
    assert "sandbox: landlock: SANDBOX DEGRADED" in (home / "runs" / "r" / "report.md").read_text().replace("\\", "")


async def test_a_resume_does_not_make_do_with_less(home: Path, tmp_path: Path) -> None:
    repository, plan = make_repository(tmp_path / "repository"), file_plan(1)
    (tmp_path / "plan.json").write_text(as_json(plan))
    async with SimulatedEndpoint(file_scenario(plan)) as simulated:
        common = ("--base-url", simulated.base_url, "--model", "m", "--display", "none")
        command = swarm_command("run", "Work", "--repo", str(repository), "--plan", str(tmp_path / "plan.json"),
                                "--run-id", "r", "--max-calls", "1", *common)  # fmt: skip
        paused = await asyncio.to_thread(
            subprocess.run, command, env=environment(home), capture_output=True, timeout=100
        )
        assert paused.returncode == 5
        for more in ((), ("--sandbox", "auto")):
            refused = await run_without_bwrap("resume", "r", "--max-calls", "100", *more, *common, home=home)
            assert refused.returncode == 3
            assert "bubblewrap did not start" in refused.stderr
        assert "were kept apart by bwrap before, and now there is only landlock" in refused.stderr
        accepted = await run_without_bwrap(
            "resume", "r", "--max-calls", "100", "--sandbox", "landlock", *common, home=home
        )
        assert accepted.returncode == 0, accepted.stderr


async def test_the_doctor_names_the_level_and_the_fix(home: Path) -> None:
    said = await run_without_bwrap("doctor", home=home)
    assert "Landlock (L1)" in said.stdout
    assert "apt install bubblewrap" in said.stdout
