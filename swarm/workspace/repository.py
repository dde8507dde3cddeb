"""The repository of a run: the attempts' trees and commits, the merges, and the run's branch.

It is bare and reads the user's objects through an alternate, so creating it copies nothing, and nothing that agents
make reaches the user's repository before :func:`swarm.workspace.publication.publish`.

It is never garbage-collected: every tree that the journal names stays, and can be returned to, until the run's folder
is deleted.
"""

import asyncio
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from swarm.durable import sync, sync_all
from swarm.errors import MergeUncertain, RepositoryError, WorkspaceError
from swarm.failpoints import reach
from swarm.protocols import Merge
from swarm.workspace.git import Git, as_environment
from swarm.workspace.orphans import wait_for_orphans
from swarm.workspace.outline import draw_outline
from swarm.workspace.user_repository import UserRepository, object_stores
from swarm.workspace.writing import commit_bytes, swap_reference, write_object

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


# Lines in conflict are shown with what both sides began from.
_THREE_WAY = as_environment({"merge.conflictStyle": "diff3"})

_KEEP_EVERYTHING = "[gc]\n\tauto = 0\n\tpruneExpire = never\n[maintenance]\n\tauto = false\n"


@dataclass(frozen=True, slots=True)
class _CommitFacts:
    tree: str
    seconds: int


class RunRepository:
    """The run's own repository. Implements :class:`swarm.protocols.Repository`.

    Made by :meth:`create` (which also repairs one that a killed process left) or :meth:`open`.
    """

    def __init__(self, folder: Path, run_id: str, git: Git) -> None:
        self.folder = folder
        self.branch = branch_of(run_id)
        self.git = git
        self._lock = folder.with_name(f"{folder.name}.lock")
        self._merging = asyncio.Lock()
        self._known: dict[str, _CommitFacts] = {}
        self._format = ""

    @classmethod
    async def create(
        cls, folder: Path, *, user: UserRepository, base_commit: str, run_id: str, git: Git
    ) -> "RunRepository":
        """Make the repository with the run's branch at ``base_commit``, or repair the one that is there.

        A branch that has moved on stays where it is. The caller must be the only process that drives the run.

        Raises:
            RepositoryError: the user's repository does not have ``base_commit``.
            WorkspaceError: git or the file system failed.
        """
        repository = cls(folder, run_id, git)
        try:
            if not (folder / "HEAD").exists():
                await repository._initialise(user)
            await wait_for_orphans(repository._lock)
            await asyncio.to_thread(_remove_locks, folder)
            await asyncio.to_thread(_link, folder, user)
        except OSError as error:
            raise WorkspaceError(f"the run's repository {folder} cannot be written: {error}") from error
        await repository._begin_branch(base_commit)
        return repository

    @classmethod
    def open(cls, folder: Path, *, run_id: str, git: Git) -> "RunRepository":
        """Return an existing repository for reading, without touching it.

        Raises:
            RepositoryError: there is none.
        """
        if not (folder / "HEAD").exists():
            raise RepositoryError(f"the run has no repository at {folder}", hint="Its folder may have been removed.")
        return cls(folder, run_id, git)

    @property
    def objects(self) -> tuple[Path, ...]:
        """Every folder that the run's objects are read from: its own first, then the user's."""
        return object_stores(self.folder / "objects")

    async def head(self) -> str:
        """Return the commit that the run's branch is at. Raises GitError."""
        return (await self.git.run("rev-parse", "--verify", f"{self.branch}^{{commit}}", git_dir=self.folder)).text

    async def rewind(self, head: str) -> str:
        """Put the run's branch back to ``head``, for a journal that was recovered; its caller drives the run.

        Returns:
            The ref that keeps where the branch was; empty when it was at ``head``.

        Raises:
            GitError: git failed, or there is no such commit.
        """
        before = await self.head()
        if before == head:
            return ""
        kept = f"refs/swarm/recovered/{before}"
        await self._update_ref(kept, before)
        await self._update_ref(self.branch, head, before)
        return kept

    async def tree_of(self, commit: str) -> str:
        """Return the tree of a commit, or a tree itself. Raises GitError when there is neither."""
        return (await self.git.run("rev-parse", "--verify", f"{commit}^{{tree}}", git_dir=self.folder)).text

    async def object_format(self) -> str:
        """Return the kind of its object ids, ``sha1`` or ``sha256``. Raises GitError."""
        return (await self.git.run("rev-parse", "--show-object-format", git_dir=self.folder)).text

    async def commit(self, attempt_id: str, *, tree: str, parent: str, message: str) -> str:
        """Commit a tree for an attempt, keep it alive by ``refs/swarm/attempts/``, and return the commit's id.

        The same arguments give the same id: the date is one second after the parent's.

        Raises:
            GitError: git failed.
        """
        facts = await self._facts(parent)
        commit = await self._commit_tree(tree, (parent,), message, facts[parent].seconds + 1)
        reach("commit.unnamed")
        await asyncio.to_thread(self._name_attempt, attempt_id, commit)
        return commit

    def _name_attempt(self, attempt_id: str, commit: str) -> None:
        """Write the ref by hand, as git would: one process less per attempt. Only this attempt writes it."""
        ref = self.folder / "refs/swarm/attempts" / path_name(attempt_id)
        new = self.folder / "refs/swarm/new" / path_name(attempt_id)
        try:
            for file in (ref, new):
                file.parent.mkdir(parents=True, exist_ok=True)
            new.write_text(f"{commit}\n")
            sync(new)  # git takes an empty ref, which a power cut could leave, for damage
            new.replace(ref)
        except OSError as error:
            raise WorkspaceError(f"the commit {commit} could not be named: {error}") from error

    async def changed_paths(self, base: str, tree: str) -> tuple[str, ...]:
        """Return the paths that differ between two commits or trees, sorted; a renamed file counts as two.

        Raises:
            GitError: git failed.
        """
        arguments = ("diff-tree", "-r", "-z", "--name-only", "--no-renames", base, tree)
        listed = await self.git.run(*arguments, git_dir=self.folder)
        return tuple(sorted(os.fsdecode(path) for path in listed.stdout.split(b"\0") if path))

    async def merge(self, commit: str, *, head: str, message: str) -> Merge:
        """Merge a commit into the run's branch, which must be at ``head``, without any working tree.

        The result always has two parents, so that the branch has one first-parent commit per subtask. When there is
        nothing to merge, or the branch already holds the merge (a crash hid the result), its head is returned.

        Raises:
            WorkspaceError: the branch is where it was, and nothing was merged.
            MergeUncertain: git failed, and it is not known where the branch is.
        """
        async with self._merging:
            try:
                merged = await self.merge_commits(commit, into=head, message=message)
                if not merged.head or merged.head == head:
                    return merged
                reach("merge.commit-made")
                await self._move_branch(merged.head, head)
            except WorkspaceError as error:
                return await self._merged_already(commit, head, error)
            reach("merge.branch-moved")
            return merged

    async def take_out(self, merge: str, *, head: str, message: str) -> Merge:
        """Undo on the run's branch, which must be at ``head``, what a merge commit brought, without any working tree.

        The result has one parent. The same arguments make the same commit, so one that a crash hid is recognised.

        Raises:
            WorkspaceError: the branch is where it was.
            MergeUncertain: git failed, and it is not known where the branch is.
        """
        async with self._merging:
            undone = await self._undo(merge, head)
            if undone.conflict_paths:
                return undone
            reach("removal.tree-made")
            facts = await self._facts(head)
            made = await self._commit_tree(undone.head, (head,), message, facts[head].seconds + 1)
            reach("removal.commit-made")
            try:
                await self._move_branch(made, head)
            except WorkspaceError as error:
                if await self._branch_head(error) != made:
                    raise
            reach("removal.branch-moved")
            return Merge(head=made)

    async def _undo(self, merge: str, head: str) -> Merge:
        """Return the tree of ``head`` without what a merge brought, as if it were a merge's head; no branch moves.

        That is a merge of the merge's first parent into ``head``, with the merge itself as their common past. Git
        takes the past from the commits' parents, so commits are made that have no other.
        """
        before = (await self.git.run("rev-parse", "--verify", f"{merge}^1", git_dir=self.folder)).text
        facts = await self._facts(merge, before, head)
        seconds = facts[head].seconds
        past = await self._commit_tree(facts[merge].tree, (), "past\n", seconds)
        ours = await self._commit_tree(facts[head].tree, (past,), "ours\n", seconds)
        theirs = await self._commit_tree(facts[before].tree, (past,), "theirs\n", seconds)
        tree, conflicts = await self._merge_trees(ours, theirs)
        return Merge(conflict_tree=tree, conflict_paths=conflicts) if conflicts else Merge(head=tree)

    async def _branch_head(self, failure: WorkspaceError) -> str:
        try:
            return await self.head()
        except WorkspaceError as error:
            raise MergeUncertain(f"where the branch is, is not known: {error.message}") from failure

    async def _merged_already(self, commit: str, head: str, failure: WorkspaceError) -> Merge:
        """Return the branch's head when it holds the merge that has just failed: a crash may have hidden the result.

        Raises:
            WorkspaceError: it does not; the failure itself when the branch has not moved.
            MergeUncertain: git cannot say.
        """
        try:
            branch_head = await self.head()
            if branch_head != head and await self._holds(commit, head, branch_head):
                return Merge(head=branch_head)
        except WorkspaceError as error:
            raise MergeUncertain(f"whether {commit} was merged is not known: {error.message}") from failure
        if branch_head == head:
            raise failure
        raise WorkspaceError(f"the run's branch is at {branch_head}, not at {head}: nothing was merged") from failure

    async def merge_commits(self, commit: str, *, into: str, message: str) -> Merge:
        """Make the commit that merges ``commit`` into another one; no branch moves.

        The other one itself is the result when it holds all of the commit's changes.

        Raises:
            WorkspaceError: git failed.
        """
        tree, conflicts = await self._merge_trees(into, commit)
        if conflicts:
            return Merge(conflict_tree=tree, conflict_paths=conflicts)
        reach("merge.tree-made")
        facts = await self._facts(into, commit)
        if tree == facts[into].tree:
            return Merge(head=into)
        seconds = max(fact.seconds for fact in facts.values()) + 1
        return Merge(head=await self._commit_tree(tree, (into, commit), message, seconds))

    async def _merge_trees(self, into: str, commit: str) -> tuple[str, tuple[str, ...]]:
        """Return the merged tree of two commits and the paths in conflict."""
        merged = await self.git.run(
            *("merge-tree", "--write-tree", "-z", into, commit),
            git_dir=self.folder,
            check=False,
            environment=_THREE_WAY,
        )
        if merged.exit_code not in (0, 1):
            raise WorkspaceError(f"git could not merge {commit} into {into}: {merged.stderr}")
        tree, *fields = merged.stdout.split(b"\0")
        return tree.decode(), _conflicts(fields) if merged.exit_code == 1 else ()

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

    async def _initialise(self, user: UserRepository) -> None:
        half_made = self.folder.with_name(f"{self.folder.name}.new")
        await asyncio.to_thread(shutil.rmtree, half_made, ignore_errors=True)
        await asyncio.to_thread(self.folder.parent.mkdir, parents=True, exist_ok=True)
        await make_empty(half_made, branch=self.branch, object_format=user.object_format, git=self.git)
        await asyncio.to_thread(_link, half_made, user)
        await asyncio.to_thread(_put_in_place, half_made, self.folder)

    async def _begin_branch(self, base_commit: str) -> None:
        """Point the branch at the base commit unless it is somewhere already."""
        exists = await self.git.run("cat-file", "-e", f"{base_commit}^{{tree}}", git_dir=self.folder, check=False)
        if exists.exit_code != 0:
            raise RepositoryError(
                f"the commit {base_commit} that the run starts from is not in the repository",
                hint="Was the repository moved, or the commit rewritten and pruned? Restore it and try again.",
            )
        found = await self.git.run("rev-parse", "--verify", "--quiet", self.branch, git_dir=self.folder, check=False)
        if found.exit_code != 0:
            await self._update_ref(self.branch, base_commit)

    async def _update_ref(self, *arguments: str) -> None:
        await self.git.run("update-ref", *arguments, git_dir=self.folder, lock=self._lock)

    async def _holds(self, commit: str, head: str, branch_head: str) -> bool:
        """Whether the branch went from ``head`` to where it is by merges of which one merged ``commit``."""
        arguments = ("rev-list", "--first-parent", "--parents", f"{head}..{branch_head}")
        listed = await self.git.run(*arguments, git_dir=self.folder)
        commits = [line.split() for line in listed.text.splitlines()]
        return bool(commits) and commits[-1][1] == head and any(commit in parents[2:] for parents in commits)

    async def _facts(self, *commits: str) -> dict[str, _CommitFacts]:
        """Read trees and committer dates of commits."""
        unknown = [commit for commit in commits if commit not in self._known]
        if unknown:
            self._known.update(await self._read_facts(unknown))
        facts = {commit: self._known[commit] for commit in commits}
        while len(self._known) > _KNOWN_COMMITS:
            del self._known[next(iter(self._known))]
        return facts

    async def _read_facts(self, commits: list[str]) -> dict[str, _CommitFacts]:
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

    async def _commit_tree(self, tree: str, parents: tuple[str, ...], message: str, seconds: int) -> str:
        self._format = self._format or await self.object_format()
        identity = f"{IDENTITY_NAME} <{IDENTITY_EMAIL}>"
        content = commit_bytes(tree, parents, identity=identity, seconds=seconds, message=message)
        try:
            made = await asyncio.to_thread(write_object, self.folder, "commit", content, object_format=self._format)
        except OSError as error:
            raise WorkspaceError(f"a commit could not be written: {error}") from error
        self._known[made] = _CommitFacts(tree, seconds)
        return made

    async def _move_branch(self, new: str, old: str) -> None:
        """Move the run's branch from one commit to another. Raises WorkspaceError when it is elsewhere."""
        try:
            moved = await asyncio.to_thread(swap_reference, self.folder, self.branch, new, old)
        except FileNotFoundError:
            await self._update_ref(self.branch, new, old)  # packed with others
            return
        except OSError as error:
            raise WorkspaceError(f"the branch {self.branch} could not be moved: {error}") from error
        if not moved:
            raise WorkspaceError(f"the branch {self.branch} is not at {old}")


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


def branch_of(run_id: str) -> str:
    """Return the full name of a run's branch."""
    return f"refs/heads/swarm/{path_name(run_id)}"


def path_name(identifier: str) -> str:
    """Return an id as one component of a path or ref; different ids give different names, most are left as they are."""

    def encode(found: re.Match[str]) -> str:
        return "".join(f"%{byte:02x}" for byte in found[0].encode(errors="surrogateescape"))

    # Git refuses refs with two dots in a row, or which begin or end with a dot, or end with `.lock`.
    return re.sub(r"[^A-Za-z0-9_.-]|^[.-]|(?<=\.)\.|\.$|\.(?=lock$)", encode, identifier)


def _link(folder: Path, user: UserRepository) -> None:
    """Write what makes the repository read the user's objects; written again when the user's repository has moved."""
    info = folder / "info"
    info.mkdir(exist_ok=True)
    (info / "attributes").write_text(_ATTRIBUTES)
    (info / "exclude").write_text(EXCLUDED)
    if user.shallow.exists():
        shutil.copyfile(user.shallow, folder / "shallow")
    store = folder / "objects" / "info"
    store.mkdir(parents=True, exist_ok=True)
    new = store / "alternates.new"
    new.write_bytes(os.fsencode(user.common_dir / "objects") + b"\n")
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


def _conflicts(fields: list[bytes]) -> tuple[str, ...]:
    """Return the paths in what merge-tree lists up to the empty field: ``mode object stage TAB path``."""
    listed = fields[: fields.index(b"")] if b"" in fields else fields
    return tuple(sorted({os.fsdecode(entry.split(b"\t", 1)[1]) for entry in listed}))


def _parse_commit(data: bytes) -> _CommitFacts:
    header = data.split(b"\n\n", 1)[0]
    tree = re.search(rb"^tree ([0-9a-f]+)$", header, re.MULTILINE)
    committed = re.search(rb"^committer .*> (\d+) [+-]\d+$", header, re.MULTILINE)
    if not tree or not committed:
        raise WorkspaceError("a commit in the run's repository is malformed")
    return _CommitFacts(tree[1].decode(), int(committed[1]))


def _listed_file(entry: bytes) -> tuple[str, int]:
    fields, path = entry.split(b"\t", 1)
    size = fields.split()[3]
    return os.fsdecode(path), int(size) if size.isdigit() else 0
