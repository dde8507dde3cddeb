"""A disk that becomes read-only under a run in full flight, as a kernel makes it when it has found an error on it."""

import asyncio
import contextlib
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from swarm.core.events import RunPaused
from swarm.journal.damage import read_mark
from swarm.journal.reader import JournalReader
from swarm.testing.endpoint import SimulatedEndpoint
from tests.integration.projects import (
    as_json,
    branch_files,
    environment,
    file_plan,
    file_scenario,
    make_repository,
    run_swarm,
    swarm_command,
)


class Disk:
    """A file system in a file, mounted: the kernel can be made to believe that it is broken."""

    def __init__(self, image: Path, folder: Path) -> None:
        self.image, self.folder = image, folder

    def create(self) -> None:
        tool = shutil.which("mkfs.ext4")
        if tool is None:
            pytest.skip("needs mkfs.ext4")
        with self.image.open("wb") as file:
            file.truncate(200 * 2**20)
        subprocess.run([tool, "-q", str(self.image)], check=True, capture_output=True)
        self.folder.mkdir()

    def mount(self) -> None:
        options = ["-o", "loop,errors=remount-ro"]
        mounted = subprocess.run(
            ["mount", *options, str(self.image), str(self.folder)], capture_output=True, text=True, check=False
        )
        if mounted.returncode != 0:
            pytest.skip(f"needs the right to mount a file system: {mounted.stderr.strip()}")

    def break_it(self) -> None:
        """Report an error of the file system to the kernel, which makes it read-only at once, whoever writes to it."""
        device = subprocess.run(
            ["findmnt", "-no", "SOURCE", str(self.folder)], capture_output=True, text=True, check=True
        ).stdout.strip()
        trigger = Path("/sys/fs/ext4", Path(device).name, "trigger_fs_error")
        if not trigger.exists():
            pytest.skip("needs a kernel that can be told of an error of a file system")
        trigger.write_text("1")

    def repair(self) -> None:
        """Put what is on the disk onto a sound one: the broken one may be held by somebody else's name space."""
        subprocess.run(["umount", "-l", str(self.folder)], check=True)
        self.image = self.image.rename(self.image.with_suffix(".broken")).with_suffix(".img")
        shutil.copyfile(self.image.with_suffix(".broken"), self.image)
        subprocess.run(["e2fsck", "-fy", str(self.image)], check=False, capture_output=True)
        self.mount()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    made = Disk(tmp_path / "disk.img", tmp_path / "disk")
    made.create()
    made.mount()
    try:
        yield made
    finally:
        with contextlib.suppress(OSError):
            subprocess.run(["umount", "-l", str(made.folder)], check=False, capture_output=True)


async def test_a_run_whose_disk_becomes_read_only_stops_says_why_and_goes_on_later(tmp_path: Path, disk: Disk) -> None:
    repository = make_repository(tmp_path / "repository")
    home = disk.folder / "home"
    plan = file_plan(8, layer=4)
    (tmp_path / "plan.json").write_text(as_json(plan))
    common = ("--display", "none", "--sandbox", "none")
    async with SimulatedEndpoint(file_scenario(plan)) as simulated:
        async with simulated.hold("s[4-7]") as hold:
            process = await asyncio.create_subprocess_exec(
                *swarm_command(
                    "run", "x", "--repo", str(repository), "--plan", str(tmp_path / "plan.json"), "--run-id", "r",
                    "--base-url", simulated.base_url, "--model", "m", *common,
                ),
                env=environment(home),
                stderr=asyncio.subprocess.PIPE,
            )  # fmt: skip
            async with asyncio.timeout(60):
                await hold.reached(4)
                disk.break_it()
                hold.release()
                _, said = await process.communicate()
        journal = home / "runs" / "r" / "journal.db"
        assert process.returncode == 7, said.decode()
        assert "read-only" in said.decode()
        assert "swarm resume" in said.decode()
        asked = simulated.ledger.seen
        status = await asyncio.to_thread(run_swarm, "status", "r", home=home)
        assert status.returncode == 0, status.stderr
        refused = await asyncio.to_thread(run_swarm, "resume", "r", *common, home=home)
        assert refused.returncode == 3, refused.stderr
        assert "read-only" in refused.stderr.lower()
        assert simulated.ledger.seen <= asked + 1, "nothing but the list of models was asked for"
        disk.repair()
        with JournalReader(journal) as reader:
            acknowledged = list(reader.events())
        assert len(acknowledged) >= read_mark(journal)
        assert not any(isinstance(recorded.event, RunPaused) for recorded in acknowledged)
        resumed = await asyncio.to_thread(run_swarm, "resume", "r", *common, home=home)
        assert resumed.returncode == 0, resumed.stderr
        with JournalReader(journal) as reader:
            assert list(reader.events())[: len(acknowledged)] == acknowledged
    assert len(branch_files(repository, "swarm/r")) == 9
