"""What workspaces cost: creating, snapshotting, handing in, merging and removing, alone and 300 at once.

To hand in is to commit the files and to bring the commit into the run's repository as a bundle, each object checked.

``python -m benchmarks.bench_workspace`` prints a table to stderr and, as the last line on stdout, one JSON object.
"""

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from benchmarks.many_merges import Change, commit_all, integrate, lost, shared_lines, text
from swarm.errors import SandboxUnavailable
from swarm.workspace.choosing import choose_sandbox
from swarm.workspace.clone_workspace import CloneWorkspace
from swarm.workspace.clones import CloneWorkspaces
from swarm.workspace.folder_pool import FolderPool
from swarm.workspace.git import Git
from swarm.workspace.intake import RunIntake
from swarm.workspace.processes import run_process
from swarm.workspace.repository import RunRepository
from swarm.workspace.sandbox import Sandbox, SandboxLevel
from swarm.workspace.user_repository import inspect_user_repository

REPEATS = 9
SANDBOX_REPEATS = 201
BARE = "--unshare-all --die-with-parent --ro-bind / / --proc /proc --dev /dev /bin/true"
BEGAN = "echo $EPOCHREALTIME"  # bash's own clock
MERGES = 60
PARALLEL = 300
ATTEMPTS = 1_000
PARALLEL_FILES = 300
FILES_PER_FOLDER = 50


class Bench:
    """One generated repository with a run on it."""

    def __init__(self, folder: Path, files: int) -> None:
        self.folder = folder
        self.files = files
        self.medians: dict[str, float] = {}
        self.opened: dict[int, CloneWorkspace] = {}
        self.commits: dict[int, str] = {}

    async def prepare(self, more: Mapping[str, str] | None = None) -> None:
        generate(self.folder / "user", self.files, more or {})
        git = Git()
        user = await inspect_user_repository(self.folder / "user", git=git)
        self.base = user.head_commit
        self.run = await RunRepository.create(
            self.folder / "run" / "repository.git", user=user, base_commit=self.base, run_id="bench", git=git
        )
        self.intake = await RunIntake.create(self.folder / "run" / "intake.git", run=self.run)
        attempts = self.folder / "run" / "attempts"
        self.pool = FolderPool(attempts)
        self.workspaces = CloneWorkspaces(
            attempts,
            intake=self.intake,
            sandbox=Sandbox(SandboxLevel.NONE),
            slots=asyncio.Semaphore(os.cpu_count() or 1),
            checkouts=REPEATS,
            pool=self.pool,
        )

    async def measure(self, name: str, action: Callable[[int], Awaitable[object]], repeats: int = REPEATS) -> None:
        """Keep the median of an action's time in milliseconds."""
        times = []
        for number in range(repeats):
            started = time.perf_counter()
            await action(number)
            times.append((time.perf_counter() - started) * 1000)
        self.medians[name] = statistics.median(times)
        print(f"{self.files:>6} files  {name:<18}{self.medians[name]:9.1f} ms", file=sys.stderr)

    async def steps(self) -> None:
        """Measure the life of a workspace, step by step."""
        opened, commits = self.opened, self.commits
        trees: dict[int, str] = {}

        async def create(number: int) -> None:
            opened[number] = await self.workspaces.open(f"n{number}", base_commit=self.base)

        async def snapshot(number: int) -> None:
            change(opened[number].folder, number)
            trees[number] = await opened[number].snapshot()

        async def unchanged(number: int) -> None:
            await opened[number].snapshot()

        async def hand_in(number: int) -> None:
            commits[number] = await self.intake.commit(
                f"n{number}", tree=trees[number], parent=self.base, message="m\n"
            )

        async def merge(number: int) -> None:
            await self.run.merge(commits[number], head=await self.run.head(), message="m\n")

        async def reopen(number: int) -> None:
            await self.workspaces.open(f"n{number}", base_commit=self.base, tree=trees[number])

        for action in (create, snapshot, unchanged, hand_in, merge, reopen):
            await self.measure(action.__name__, action)

    async def steps_of_the_pool(self) -> None:
        """Measure how the folders of the workspaces of :meth:`steps` serve others, and their removal."""
        opened = self.opened

        async def close(number: int) -> None:
            await self.workspaces.close(f"n{number}")

        async def create_from_pool(number: int) -> None:
            opened[number] = await self.workspaces.open(f"again{number}", base_commit=self.base)

        async def checkout(number: int) -> None:
            await self.workspaces.checkout(self.commits[number], name=f"check{number}")

        async def remove(number: int) -> None:
            await self.pool.discard(opened[number].folder.parent)

        for action in (close, create_from_pool):
            await self.measure(action.__name__, action)
        for number in range(REPEATS):
            change(opened[number].folder, number)
            await self.workspaces.close(f"again{number}")
        await self.measure("checkout", checkout)
        for number in range(REPEATS):
            await self.workspaces.close(f"check{number}")
            await create_from_pool(number)
        await self.measure("remove", remove)


def generate(folder: Path, files: int, more: Mapping[str, str]) -> None:
    """Make a repository of small source files, and ``more``, packed as a fetched one is."""
    for name, content in more.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)
    for number in range(files):
        path = folder / f"pkg{number // FILES_PER_FOLDER // 10}/mod{number // FILES_PER_FOLDER}/file{number}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(f"value_{number}_{line} = {line}\n" for line in range(30)))
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "GIT_CONFIG_GLOBAL": "/dev/null"}
    identity = ("-c", "user.name=bench", "-c", "user.email=bench@localhost")
    for arguments in (("init", "-q"), ("add", "-A"), ("commit", "-q", "-m", "base"), ("repack", "-adq")):
        subprocess.run(["git", *identity, *arguments], cwd=folder, env=environment, check=True)


def change(folder: Path, number: int) -> None:
    """Edit two files and add one, as a step of an agent does."""
    for name in (f"pkg0/mod0/file{number % FILES_PER_FOLDER}.py", f"pkg0/mod1/new{number}.py", f"new{number}.py"):
        (folder / name).write_text(f"changed = {number}\n")


async def merges_per_second(bench: Bench) -> float:
    """Merge commits of as many attempts, one after the other, as the integrator does."""
    commits = []
    workspace = await bench.workspaces.open("merges", base_commit=bench.base)
    for number in range(MERGES):
        (workspace.folder / f"merge{number}.py").write_text(f"{number}\n")
        tree = await workspace.snapshot()
        commits.append(await bench.intake.commit(f"merge{number}", tree=tree, parent=bench.base, message="m\n"))
        (workspace.folder / f"merge{number}.py").unlink()
    head = await bench.run.head()
    started = time.perf_counter()
    for commit in commits:
        head = (await bench.run.merge(commit, head=head, message="m\n")).head
    return MERGES / (time.perf_counter() - started)


async def parallel_failures(bench: Bench) -> tuple[int, float]:
    """Open, change, snapshot, commit and close many workspaces at once; return failures and seconds."""

    async def work(number: int) -> None:
        workspace = await bench.workspaces.open(f"p{number}", base_commit=bench.base)
        (workspace.folder / f"parallel{number}.py").write_text(f"{number}\n")
        tree = await workspace.snapshot()
        await bench.intake.commit(f"p{number}", tree=tree, parent=bench.base, message="m\n")
        await bench.workspaces.close(f"p{number}")

    started = time.perf_counter()
    results = await asyncio.gather(*(work(number) for number in range(PARALLEL)), return_exceptions=True)
    failures = [result for result in results if isinstance(result, BaseException)]
    for failure in failures[:3]:
        print(f"failure: {failure!r}", file=sys.stderr)
    return len(failures), time.perf_counter() - started


async def thousand_attempts(folder: Path) -> tuple[int, int, int, float]:
    """Integrate many attempts on a repository of 3,000 files, some of which conflict and some are taken out again.

    Returns how many were tried, merged, and lost, and merges and removals a second.
    """
    shared = 300
    bench = Bench(folder, 3_000 - shared)
    await bench.prepare({f"shared/file{file}.py": text(shared_lines(file)) for file in range(shared)})
    # Every 25th wants the line that another one has changed.
    changes = [Change(number, number % shared, number // shared if number % 25 else 0) for number in range(ATTEMPTS)]
    commits = await commit_all(bench.run.git, bench.run.folder, base=bench.base, changes=changes)
    started = time.perf_counter()
    model = await integrate(bench.run, changes, commits, taken_out=range(0, ATTEMPTS, 50))
    seconds = time.perf_counter() - started
    wrong = await lost(bench.run, model, shared, changes)
    return ATTEMPTS, len(model.merged), len(wrong), ATTEMPTS / seconds


async def sandbox_start(folder: Path) -> dict[str, float | None]:
    """Return median milliseconds of a command that does nothing: in a sandbox, in a bare bubblewrap, in neither.

    ``sandbox_start_ms`` is the time until the command began. The others are that until all of it was over, with the end
    of its sandbox. The kinds take turns, so that whatever else the machine does slows all; ``None`` without a sandbox.
    """
    names = ("sandbox_start_ms", "sandbox_whole_ms", "bare_bwrap_ms", "plain_ms", "sandbox_vs_bare_bwrap")
    try:
        sandbox = await choose_sandbox("bwrap")
    except SandboxUnavailable as error:
        print(f"no sandbox: {error.message}", file=sys.stderr)
        return dict.fromkeys(names)
    environment = {"PATH": os.defpath}
    starts: list[float] = []
    kinds: tuple[list[float], ...] = ([], [], [])
    for _ in range(SANDBOX_REPEATS):
        asked, times = time.time(), [time.perf_counter()]
        result = await sandbox.run(folder, BEGAN, timeout_s=60)
        times.append(time.perf_counter())
        for command in ([sandbox.program, *BARE.split()], ["/bin/bash", "-c", BEGAN]):
            await run_process(command, cwd=folder, environment=environment, timeout_s=60)
            times.append(time.perf_counter())
        for kind, start, end in zip(kinds, times, times[1:], strict=False):
            kind.append((end - start) * 1000)
        if result.exit_code != 0:
            raise RuntimeError(f"the sandbox failed: {result.output}")
        starts.append((float(result.output) - asked) * 1000)
    began, whole, bare, plain = map(statistics.median, (starts, *kinds))
    print(
        f"a command began after {began:.1f} ms and was over after {whole:.1f} in a sandbox, after {bare:.1f} in a bare "
        f"bubblewrap, after {plain:.1f} in neither; load {os.getloadavg()[0]:.1f}",
        file=sys.stderr,
    )
    return dict(zip(names, (round(each, 2) for each in (began, whole, bare, plain, whole / bare)), strict=True))


def _rounded(medians: Mapping[str, float]) -> dict[str, float]:
    return {name: round(median, 1) for name, median in medians.items()}


async def main() -> None:
    """Run every measurement."""
    with tempfile.TemporaryDirectory(prefix="bench-workspace-", ignore_cleanup_errors=True) as temporary:
        small, large, many = (
            Bench(Path(temporary) / name, files)
            for name, files in (("small", 3_000), ("large", 20_000), ("many", PARALLEL_FILES))
        )
        await many.prepare()
        starts = await sandbox_start(many.folder / "user")  # first: what follows keeps the disk busy for a while
        for bench in (small, large):
            await bench.prepare()
        for bench in (small, large):
            await bench.steps()
            await bench.steps_of_the_pool()
        merges = await merges_per_second(small)
        failures, seconds = await parallel_failures(many)
        attempts, merged, missing, rate = await thousand_attempts(Path(temporary) / "thousand")
        print(
            f"{attempts} attempts: {merged} on the branch, {missing} files lost or wrong, {rate:.1f}/s", file=sys.stderr
        )
    print(f"{merges:.1f} merges/s; {PARALLEL} at once: {failures} failures, {seconds:.1f} s", file=sys.stderr)
    metrics = {
        "create_3000_ms": round(small.medians["create"], 1),
        "create_20000_ms": round(large.medians["create"], 1),
        "create_from_pool_3000_ms": round(small.medians["create_from_pool"], 1),
        "create_from_pool_20000_ms": round(large.medians["create_from_pool"], 1),
        "snapshot_3000_ms": round(small.medians["snapshot"], 1),
        "hand_in_3000_ms": round(small.medians["hand_in"], 1),
        "hand_in_20000_ms": round(large.medians["hand_in"], 1),
        "merges_per_s": round(merges, 1),
        **starts,
        "parallel_300_failures": failures,
        "parallel_300_s": round(seconds, 1),
        "attempts_integrated": attempts,
        "changes_lost": missing,
        "steps_ms": {f"{bench.files}": _rounded(bench.medians) for bench in (small, large)},
    }
    print(json.dumps({"bench": "bench-workspace", "metrics": metrics}))


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__.partition("\n")[0]).parse_args()
    asyncio.run(main())
