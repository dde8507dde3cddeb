"""The user's own repository: inspected at the start, written only when a result is published or merged."""

import asyncio
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from swarm.errors import GitError, RepositoryError
from swarm.text import neutralise_line
from swarm.workspace.git import OLDEST_VERSION, Git, as_environment

_MAX_ALTERNATES = 32
_NAMES_SHOWN = 10
_START_HINT = (
    "Run `git init`, commit something, and try again; or name another folder with --repo. A folder of files that is no "
    "repository can be given with --inputs."
)


@dataclass(frozen=True, slots=True)
class UserRepository:
    """What was found at the path that the user named.

    Attributes:
        git_dir: the folder that holds HEAD and the index (a linked worktree has its own).
        common_dir: the folder that holds the branches and objects.
        top: the working tree's top folder; ``None`` for a bare repository.
        objects: every folder that objects are read from, alternates included.
        head_commit: the commit that HEAD names.
        branch: full name of the branch that HEAD is on; empty when detached.
        object_format: ``sha1`` or ``sha256``.
        dirty: whether files differ from the commit, or are not tracked.
        notes: sentences that the user should see before the run starts.
    """

    git_dir: Path
    common_dir: Path
    top: Path | None
    objects: tuple[Path, ...]
    head_commit: str
    branch: str
    object_format: str
    dirty: bool
    notes: tuple[str, ...]

    @property
    def shallow(self) -> Path:
        """The file that lists the commits whose parents are not here; most repositories have none."""
        return self.common_dir / "shallow"


async def inspect_user_repository(path: Path, *, git: Git) -> UserRepository:
    """Find the repository that ``path`` lies in and check that a run can work on it. Writes nothing.

    Raises:
        RepositoryError: no git or one that is too old, no repository, no commit, or missing objects.
    """
    await _require_version(git)
    git_dir, common_dir, object_format, inside = await _locate(path, git)
    top = await _top(path, git) if inside else None
    head_commit = await _head(git_dir, path, git)
    await _require_objects(git_dir, head_commit, path, git)
    on_branch = await git.run("symbolic-ref", "--quiet", "HEAD", git_dir=git_dir, check=False)
    dirty = top is not None and await _is_dirty(git_dir, top, git)
    return UserRepository(
        git_dir=git_dir,
        common_dir=common_dir,
        top=top,
        objects=object_stores(common_dir / "objects"),
        head_commit=head_commit,
        branch=on_branch.text,
        object_format=object_format,
        dirty=dirty,
        notes=await _notes(git_dir, common_dir, head_commit, dirty, git),
    )


def object_stores(objects: Path) -> tuple[Path, ...]:
    """Return an object store and the alternates that it names, directly or through another one.

    Raises:
        RepositoryError: a list of alternates cannot be read.
    """
    found: list[Path] = []
    waiting = [objects]
    while waiting and len(found) < _MAX_ALTERNATES:
        store = Path(os.path.normpath(waiting.pop(0)))
        if store in found:
            continue
        found.append(store)
        try:
            listed = (store / "info" / "alternates").read_bytes().splitlines()
        except FileNotFoundError:
            continue
        except OSError as error:
            raise RepositoryError(f"the alternates of {store} cannot be read: {error.strerror}") from error
        waiting += [store / os.fsdecode(line) for line in listed if line and not line.startswith(b"#")]
    return tuple(found)


async def remove_branch(path: Path, branch: str, *, git: Git) -> bool:
    """Remove a run's branch from the user's repository, unless it is checked out; return whether it was there.

    What other branches hold of it stays; the rest can be found by `git fsck` until git prunes it.
    """
    try:
        git_dir, common_dir, _, _ = await _locate(path, git)
    except RepositoryError:
        return False
    found = await git.run("rev-parse", "--verify", "--quiet", branch, git_dir=common_dir, check=False)
    listed = await git.run("worktree", "list", "--porcelain", "-z", git_dir=git_dir)
    if found.exit_code != 0 or f"branch {branch}" in os.fsdecode(listed.stdout).split("\0"):
        return False
    await git.run("update-ref", "-d", branch, found.text, git_dir=common_dir)
    return True


async def without_filters(git: Git, git_dir: Path) -> Mapping[str, str]:
    """Return the variables that switch off every filter program that a repository's own configuration names.

    Raises:
        GitError: the configuration cannot be read.
    """
    pattern = r"^filter\..*\.(clean|smudge|process|required)$"
    listed = await git.run("config", "--null", "--name-only", "--get-regexp", pattern, git_dir=git_dir, check=False)
    keys = sorted({os.fsdecode(key) for key in listed.stdout.split(b"\0") if key})
    return as_environment({key: "false" if key.endswith(".required") else "" for key in keys})


def some_names(paths: list[str] | tuple[str, ...]) -> str:
    """Return the first few paths, made harmless, for a sentence."""
    shown = ", ".join(neutralise_line(path) for path in paths[:_NAMES_SHOWN])
    more = len(paths) - _NAMES_SHOWN
    return f"{shown} and {more} more" if more > 0 else shown


async def _require_version(git: Git) -> None:
    try:
        version = await git.version()
    except GitError as error:
        raise RepositoryError(error.message, hint=error.hint) from error
    if version < OLDEST_VERSION:
        oldest = ".".join(str(part) for part in OLDEST_VERSION)
        raise RepositoryError(f"git {version[0]}.{version[1]} is too old", hint=f"Install git {oldest} or newer.")


async def _locate(path: Path, git: Git) -> tuple[Path, Path, str, bool]:
    if not await asyncio.to_thread(path.is_dir):
        raise RepositoryError(f"{path} is not a folder", hint=_START_HINT)
    questions = ("--git-dir", "--git-common-dir", "--show-object-format", "--is-inside-work-tree")
    try:
        answer = await git.discover(path, "rev-parse", "--path-format=absolute", *questions)
    except GitError as error:
        if "not a git repository" in error.stderr:
            raise RepositoryError(f"{path} is not in a git repository", hint=_START_HINT) from error
        raise RepositoryError(f"git cannot use the repository at {path}: {error.stderr}") from error
    lines = answer.text.split("\n")
    if len(lines) != len(questions):
        raise RepositoryError(f"the path of the repository at {path} holds a line end", hint="Rename the folder.")
    return Path(lines[0]), Path(lines[1]), lines[2], lines[3] == "true"


async def _top(path: Path, git: Git) -> Path:
    try:
        answer = await git.discover(path, "rev-parse", "--path-format=absolute", "--show-toplevel")
    except GitError as error:
        raise RepositoryError(f"git finds no working tree at {path}: {error.stderr}") from error
    return Path(answer.text)


async def _head(git_dir: Path, path: Path, git: Git) -> str:
    answer = await git.run("rev-parse", "--verify", "--quiet", "HEAD^{commit}", git_dir=git_dir, check=False)
    if answer.exit_code != 0:
        raise RepositoryError(
            f"the repository at {path} has no commit to start from", hint="Commit something first: `git commit`."
        )
    return answer.text


async def _require_objects(git_dir: Path, commit: str, path: Path, git: Git) -> None:
    arguments = ("rev-list", "--objects", "--no-object-names", "--missing=print", "--max-count=1", commit)
    answer = await git.run(*arguments, git_dir=git_dir, check=False)
    missing = [line for line in answer.stdout.splitlines() if line.startswith(b"?")]
    if answer.exit_code != 0 or missing:
        count = f"{len(missing)} objects of its last commit are missing" if missing else answer.stderr
        raise RepositoryError(
            f"the repository at {path} is not complete: {count}",
            hint="`git fetch --refetch` completes a partial clone; `git fsck` names what is broken.",
        )


async def _is_dirty(git_dir: Path, top: Path, git: Git) -> bool:
    arguments = ("status", "--porcelain", "-z", "--untracked-files=normal", "--ignore-submodules=all")
    filters_off = await without_filters(git, git_dir)
    answer = await git.run(
        *arguments,
        git_dir=git_dir,
        work_tree=top,
        environment=filters_off,
        check=False,
        output_limit=4096,
        truncate=True,
    )
    return bool(answer.stdout)


async def _notes(git_dir: Path, common_dir: Path, commit: str, dirty: bool, git: Git) -> tuple[str, ...]:
    notes = []
    if dirty:
        notes.append("There are uncommitted changes: the run starts from the last commit and does not see them.")
    if (common_dir / "shallow").exists():
        notes.append("The repository is a shallow clone: agents see only the part of the history that is here.")
    listed = await git.run("ls-tree", commit, "--", ".gitmodules", ".gitattributes", git_dir=git_dir)
    if "\t.gitmodules" in listed.stdout.decode(errors="replace"):
        notes.append("The repository has submodules: their folders are empty in the agents' workspaces.")
    if "\t.gitattributes" in listed.stdout.decode(errors="replace"):
        attributes = await git.run("cat-file", "blob", f"{commit}:.gitattributes", git_dir=git_dir, check=False)
        if b"filter=lfs" in attributes.stdout:
            notes.append("The repository uses Git LFS: agents see the pointer files, not the large files.")
    return tuple(notes)
