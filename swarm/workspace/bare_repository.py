"""A bare repository of the host's: what the run's own repository and its intake have in common."""

import asyncio
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from swarm.durable import sync, sync_all
from swarm.errors import WorkspaceError
from swarm.workspace.git import Git
from swarm.workspace.orphans import wait_for_orphans
from swarm.workspace.outline import draw_outline
from swarm.workspace.user_repository import object_stores
from swarm.workspace.writing import commit_bytes, write_object

IDENTITY_NAME = "swarm"
IDENTITY_EMAIL = "swarm@localhost"
_KNOWN_COMMITS = 10_000
_FILE_LIMIT = 10 * 1024 * 1024

# Files come and go byte for byte: attributes, which agents write, neither convert them nor name programs for it.
_ATTRIBUTES = "* -text -eol -ident -filter -working-tree-encoding\n"

# What tools leave behind and nobody commits on purpose. A repository's own .gitignore can take any of it back.
EXCLUDED = (
    "__pycache__/\n*.pyc\n.pytest_cache/\n.mypy_cache/\n.ruff_cache/\n.hypothesis/\n.tox/\n.venv/\nnode_modules/\n"
)

_KEEP_EVERYTHING = "[gc]\n\tauto = 0\n\tpruneExpire = never\n[maintenance]\n\tauto = false\n"


@dataclass(frozen=True, slots=True)
class CommitFacts:
    """A commit's tree and the second that it was committed in."""

    tree: str
    seconds: int


class BareRepository:
    """Reads and writes a repository without a working tree, on behalf of the host alone.

    It reads what it lacks through an alternate. It is never garbage-collected: every tree that the journal names stays,
    and can be returned to, until the run's folder is deleted.

    Args:
        folder: the repository.
        git: runs git.
        known: facts of commits that need not be read again; shared with another repository by those that make commits
            for each other.
    """

    def __init__(self, folder: Path, git: Git, known: dict[str, CommitFacts] | None = None) -> None:
        self.folder = folder
        self.git = git
        self.lock = folder.with_name(f"{folder.name}.lock")
        self.known = {} if known is None else known
        self._format = ""

    async def make_or_repair(self, *, branch: str, object_format: str, alternate: Path, shallow: Path) -> None:
        """Make the repository, or repair the one that a killed process left. Its caller is the run's only driver.

        Args:
            branch: full name of the branch that HEAD names.
            object_format: ``sha1`` or ``sha256``.
            alternate: the folder of objects that it reads besides its own, absolute or as seen from those; may be
                another one each time.
            shallow: the file that lists commits whose parents are missing, if there is one.

        Raises:
            WorkspaceError: git or the file system failed.
        """
        try:
            if not (self.folder / "HEAD").exists():
                await self._initialise(branch, object_format, alternate, shallow)
            await wait_for_orphans(self.lock)
            await asyncio.to_thread(_remove_locks, self.folder)
            await asyncio.to_thread(_link, self.folder, alternate, shallow)
        except OSError as error:
            raise WorkspaceError(f"the run's repository {self.folder} cannot be written: {error}") from error

    async def _initialise(self, branch: str, object_format: str, alternate: Path, shallow: Path) -> None:
        half_made = self.folder.with_name(f"{self.folder.name}.new")
        await asyncio.to_thread(shutil.rmtree, half_made, ignore_errors=True)
        await asyncio.to_thread(self.folder.parent.mkdir, parents=True, exist_ok=True)
        await make_empty(half_made, branch=branch, object_format=object_format, git=self.git)
        await asyncio.to_thread(_link, half_made, alternate, shallow)
        await asyncio.to_thread(_put_in_place, half_made, self.folder)

    @property
    def objects(self) -> tuple[Path, ...]:
        """Every folder that objects are read from: its own first, then those of its alternates."""
        return object_stores(self.folder / "objects")

    async def tree_of(self, commit: str) -> str:
        """Return the tree of a commit, or a tree itself. Raises GitError when there is neither."""
        return (await self.git.run("rev-parse", "--verify", f"{commit}^{{tree}}", git_dir=self.folder)).text

    async def object_format(self) -> str:
        """Return the kind of its object ids, ``sha1`` or ``sha256``. Raises GitError."""
        return (await self.git.run("rev-parse", "--show-object-format", git_dir=self.folder)).text

    async def changed_paths(self, base: str, tree: str) -> tuple[str, ...]:
        """Return the paths that differ between two commits or trees, sorted; a renamed file counts as two.

        Raises:
            GitError: git failed.
        """
        arguments = ("diff-tree", "-r", "-z", "--name-only", "--no-renames", base, tree)
        listed = await self.git.run(*arguments, git_dir=self.folder)
        return tuple(sorted(os.fsdecode(path) for path in listed.stdout.split(b"\0") if path))

    async def read_file(self, commit: str, path: str) -> bytes | None:
        """Return a file of a commit, or ``None`` when there is none at that path.

        Raises:
            GitError: there is no such commit, or the file is larger than 10 MiB.
        """
        listed = await self.git.run("ls-tree", "-z", commit, "--", path, git_dir=self.folder)
        fields = listed.stdout.split(b"\t", 1)[0].split()
        if len(fields) != 3 or fields[1] != b"blob":
            return None
        blob = fields[2].decode()
        return (await self.git.run("cat-file", "blob", blob, git_dir=self.folder, output_limit=_FILE_LIMIT)).stdout

    async def outline(self, commit: str, *, max_bytes: int = 16_000) -> str:
        """Return the commit's paths with sizes as a compact tree, names made harmless. Raises GitError."""
        return await asyncio.to_thread(draw_outline, await self.files(commit), max_bytes=max_bytes)

    async def files(self, commit: str) -> list[tuple[str, int]]:
        """Return the commit's paths with their sizes in bytes. Raises GitError."""
        listed = await self.git.run("ls-tree", "-r", "-l", "-z", commit, git_dir=self.folder)
        return [_listed_file(entry) for entry in listed.stdout.split(b"\0") if entry]

    async def diff(self, base: str, tree: str, *, max_bytes: int = 1024 * 1024) -> str:
        """Return the difference between two commits or trees as a patch, cut after ``max_bytes``. Raises GitError.

        What it holds is not ours: neutralise it before a terminal shows it.
        """
        arguments = ("diff-tree", "-p", "-r", "-M", "--no-color", "--no-ext-diff", "--no-textconv", base, tree)
        result = await self.git.run(*arguments, git_dir=self.folder, output_limit=max_bytes, truncate=True)
        text = result.stdout.decode(errors="replace")
        return f"{text}\n[... cut after {max_bytes} bytes ...]\n" if result.truncated else text

    async def update_ref(self, *arguments: str) -> None:
        """Run ``git update-ref``. Raises GitError."""
        await self.git.run("update-ref", *arguments, git_dir=self.folder, lock=self.lock)

    async def facts(self, *commits: str) -> dict[str, CommitFacts]:
        """Return trees and committer dates of commits.

        Raises:
            WorkspaceError: git failed, or one of them is no commit.
        """
        unknown = [commit for commit in commits if commit not in self.known]
        if unknown:
            self.known.update(await self._read_facts(unknown))
        facts = {commit: self.known[commit] for commit in commits}
        while len(self.known) > _KNOWN_COMMITS:
            del self.known[next(iter(self.known))]
        return facts

    async def _read_facts(self, commits: list[str]) -> dict[str, CommitFacts]:
        asked = "".join(f"{commit}\n" for commit in commits).encode()
        answer = await self.git.run("cat-file", "--batch", git_dir=self.folder, stdin=asked)
        facts, rest = {}, answer.stdout
        for commit in commits:
            header, _, rest = rest.partition(b"\n")
            fields = header.split()
            if len(fields) != 3 or fields[1] != b"commit":
                raise WorkspaceError(f"the run's repository has no commit {commit}")
            size = int(fields[2])
            facts[commit] = _parse_commit(rest[:size])
            rest = rest[size + 1 :]
        return facts

    async def write_commit(self, tree: str, parents: tuple[str, ...], message: str, seconds: int) -> str:
        """Make a commit of swarm's own; the same arguments make the same one.

        Raises:
            WorkspaceError: git or the file system failed.
        """
        self._format = self._format or await self.object_format()
        identity = f"{IDENTITY_NAME} <{IDENTITY_EMAIL}>"
        content = commit_bytes(tree, parents, identity=identity, seconds=seconds, message=message)
        try:
            made = await asyncio.to_thread(write_object, self.folder, "commit", content, object_format=self._format)
        except OSError as error:
            raise WorkspaceError(f"a commit could not be written: {error}") from error
        self.known[made] = CommitFacts(tree, seconds)
        return made


async def make_empty(folder: Path, *, branch: str, object_format: str, git: Git) -> None:
    """Create an empty repository for a run; whoever runs git in it by hand prunes nothing either.

    Raises:
        GitError: git failed.
        OSError: its configuration cannot be written.
    """
    name = branch.removeprefix("refs/heads/")
    await git.initialise(folder, f"--object-format={object_format}", f"--initial-branch={name}")
    await asyncio.to_thread(_never_prune, folder / "config")


def _never_prune(configuration: Path) -> None:
    with configuration.open("a") as file:
        file.write(_KEEP_EVERYTHING)


def path_name(identifier: str) -> str:
    """Return an id as one component of a path or ref; different ids give different names, most are left as they are."""

    def encode(found: re.Match[str]) -> str:
        return "".join(f"%{byte:02x}" for byte in found[0].encode(errors="surrogateescape"))

    # Git refuses refs with two dots in a row, or which begin or end with a dot, or end with `.lock`.
    return re.sub(r"[^A-Za-z0-9_.-]|^[.-]|(?<=\.)\.|\.$|\.(?=lock$)", encode, identifier)


def _link(folder: Path, alternate: Path, shallow: Path) -> None:
    """Write what makes the repository read the other's objects; written again, as the other may have moved."""
    info = folder / "info"
    info.mkdir(exist_ok=True)
    (info / "attributes").write_text(_ATTRIBUTES)
    (info / "exclude").write_text(EXCLUDED)
    if shallow.exists():
        shutil.copyfile(shallow, folder / "shallow")
    store = folder / "objects" / "info"
    store.mkdir(parents=True, exist_ok=True)
    new = store / "alternates.new"
    new.write_bytes(os.fsencode(alternate) + b"\n")
    new.replace(store / "alternates")


def _put_in_place(made: Path, folder: Path) -> None:
    """Give a new repository its name, once all of it is on disk: a journal is about to name what it holds."""
    sync_all(made)
    made.rename(folder)
    sync(folder.parent)


def _remove_locks(folder: Path) -> None:
    """Remove the locks of git processes that were killed."""
    for lock in [*folder.glob("*.lock"), *(folder / "refs").rglob("*.lock")]:
        lock.unlink(missing_ok=True)


def _parse_commit(data: bytes) -> CommitFacts:
    header = data.split(b"\n\n", 1)[0]
    tree = re.search(rb"^tree ([0-9a-f]+)$", header, re.MULTILINE)
    committed = re.search(rb"^committer .*> (\d+) [+-]\d+$", header, re.MULTILINE)
    if not tree or not committed:
        raise WorkspaceError("a commit in the run's repository is malformed")
    return CommitFacts(tree[1].decode(), int(committed[1]))


def _listed_file(entry: bytes) -> tuple[str, int]:
    fields, path = entry.split(b"\t", 1)
    size = fields.split()[3]
    return os.fsdecode(path), int(size) if size.isdigit() else 0
