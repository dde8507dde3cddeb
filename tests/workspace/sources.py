"""Real repositories and workspaces for tests, and a canary for what must never be executed."""

import asyncio
import os
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from swarm.workspace.clones import CloneWorkspaces
from swarm.workspace.git import Git
from swarm.workspace.intake import RunIntake
from swarm.workspace.repository import RunRepository
from swarm.workspace.sandbox import Sandbox, SandboxLevel
from swarm.workspace.user_repository import UserRepository, inspect_user_repository

ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "HOME": "/nonexistent",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
    **{f"GIT_{who}_{what}": f"{what.lower()}@test" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
}
FILES = {"README.md": "hello\n", "src/a.py": "a = 1\n", "src/b.py": "b = 1\n", ".gitignore": "build/\n"}


class Source:
    """The user's repository, driven by plain git as a user would. ``files``: what its first commit holds."""

    def __init__(self, folder: Path, files: dict[str, str] | None = None, *, options: tuple[str, ...] = ()) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        self.git("init", "-q", "-b", "main", *options)
        self.commit(FILES if files is None else files)

    def git(self, *arguments: str, check: bool = True) -> str:
        return plain_git(self.folder, *arguments, check=check)

    def write(self, files: dict[str, str]) -> None:
        write_files(self.folder, files)

    def commit(self, files: dict[str, str], message: str = "change") -> str:
        self.write(files)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")

    async def inspect(self) -> UserRepository:
        return await inspect_user_repository(self.folder, git=Git())


class Scene:
    """A user's repository, a run on it, and its workspaces."""

    def __init__(self, folder: Path, source: Source, intake: RunIntake, base: str) -> None:
        self.folder = folder
        self.source = source
        self.intake = intake
        self.run = intake.run
        self.base = base
        self.workspaces = self.new_workspaces()

    def new_workspaces(self) -> CloneWorkspaces:
        """Another instance on the same folders, as a resumed process makes one."""
        return CloneWorkspaces(
            self.folder / "run" / "attempts",
            intake=self.intake,
            sandbox=Sandbox(SandboxLevel.NONE),
            slots=asyncio.Semaphore(2),
        )

    async def commit(self, attempt_id: str, files: dict[str, str], *, base: str = "") -> str:
        """Commit files as an attempt that started from ``base``, through a workspace."""
        base = base or self.base
        workspace = await self.workspaces.open(attempt_id, base_commit=base)
        write_files(workspace.folder, files)
        tree = await workspace.snapshot()
        return await self.intake.commit(attempt_id, tree=tree, parent=base, message=f"{attempt_id}\n")

    async def tree_files(self, tree: str) -> dict[str, str]:
        """The files of a tree, path to content."""
        names = [path for path in (await self._git("ls-tree", "-r", "-z", "--name-only", tree)).split("\0") if path]
        return {name: await self._git("cat-file", "blob", f"{tree}:{name}") for name in names}

    async def _git(self, *arguments: str) -> str:
        return os.fsdecode((await self.run.git.run(*arguments, git_dir=self.intake.folder)).stdout)


async def new_scene(folder: Path, files: dict[str, str] | None = None, *, options: tuple[str, ...] = ()) -> Scene:
    source = Source(folder / "user", files, options=options)
    return Scene(folder, source, await new_intake(folder, source), source.git("rev-parse", "HEAD"))


async def new_run(folder: Path, source: Source) -> RunRepository:
    """Create, or repair, the run's repository for the user's repository as it is now."""
    user = await source.inspect()
    target = folder / "run" / "repository.git"
    return await RunRepository.create(target, user=user, base_commit=user.head_commit, run_id="r1", git=Git())


async def new_intake(folder: Path, source: Source) -> RunIntake:
    """Create, or repair, the run's repository and its intake."""
    return await RunIntake.create(folder / "run" / "intake.git", run=await new_run(folder, source))


@asynccontextmanager
async def swept(workspaces: CloneWorkspaces, *names: str) -> AsyncIterator[None]:
    """Have what is discarded removed meanwhile, after what a killed process has left was taken over."""
    sweeper = asyncio.create_task(workspaces.keep_swept(names))
    try:
        await asyncio.sleep(0)
        yield
    finally:
        sweeper.cancel()
        await asyncio.wait([sweeper])


async def until(condition: Callable[[], bool]) -> None:
    """Wait for another process to bring a state about; the test's time limit bounds it."""
    while not condition():
        await asyncio.sleep(0.01)


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and waits to be collected does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def plain_git(folder: Path, *arguments: str, check: bool = True) -> str:
    """Run git as a person or an agent would: it finds the repository from the folder."""
    done = subprocess.run(
        ["git", *arguments], cwd=folder, env=ENVIRONMENT, capture_output=True, check=False, errors="surrogateescape"
    )
    assert done.returncode == 0 or not check, done.stderr
    return done.stdout.strip()


def write_files(folder: Path, files: dict[str, str]) -> None:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)


def files_below(folder: Path) -> dict[str, str]:
    """Every file and link below a folder, ``.git`` at its top excepted; links as ``-> target``."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if name.split("/")[0] == ".git":
            continue
        if path.is_symlink():
            found[name] = f"-> {os.readlink(path)}"
        elif path.is_file():
            found[name] = path.read_text()
    return found


class Canary:
    """A program which, when it is executed, leaves a file behind."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self._mark = folder / "executed"
        self.program = folder / "canary.sh"
        self.program.write_text(f"#!/bin/sh\necho $0 $* >> {self._mark}\ntimeout 1 cat 2>/dev/null\nexit 0\n")
        self.program.chmod(0o755)
        self.hooks = folder / "hooks"
        self.hooks.mkdir()
        for hook in ("pre-commit", "post-checkout", "post-index-change", "reference-transaction", "post-merge"):
            (self.hooks / hook).symlink_to(self.program)

    @property
    def configuration(self) -> dict[str, str]:
        """Settings that make git execute the program wherever it believes them."""
        program = str(self.program)
        keys = ("clean", "smudge", "process")
        return {
            **{f"filter.evil.{key}": program for key in keys},
            "filter.evil.required": "true",
            "diff.evil.textconv": program,
            "diff.external": program,
            "merge.evil.driver": f"{program} %A",
            "core.fsmonitor": program,
            "core.pager": program,
            "core.editor": program,
            "core.sshCommand": program,
            "core.alternateRefsCommand": program,
            "core.hooksPath": str(self.hooks),
            "gpg.program": program,
            "commit.gpgSign": "true",
        }

    def configure(self, git_dir: Path) -> None:
        """Write the settings into a repository's configuration."""
        for key, value in self.configuration.items():
            plain_git(git_dir, f"--git-dir={git_dir}", "config", key, value)

    @property
    def sang(self) -> bool:
        """Whether the program was executed."""
        return self._mark.exists()

    def forget(self) -> None:
        """Begin anew."""
        self._mark.unlink(missing_ok=True)

    def assert_silent(self) -> None:
        assert not self._mark.exists(), self._mark.read_text()
