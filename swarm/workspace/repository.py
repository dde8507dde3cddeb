"""The repository of a run: what was handed in and passed git's checks, the merges, and the run's branch.

It is bare and reads the user's objects through an alternate, so creating it copies nothing, and nothing that agents
make reaches the user's repository before :func:`swarm.workspace.publication.publish`. What agents make reaches this one
only through :class:`swarm.workspace.intake.RunIntake`.
"""

import asyncio
import os
from collections.abc import Mapping
from pathlib import Path

from swarm.errors import MergeUncertain, RepositoryError, WorkspaceError
from swarm.failpoints import reach
from swarm.protocols import Merge
from swarm.workspace.bare_repository import BareRepository, path_name
from swarm.workspace.git import Git, as_environment
from swarm.workspace.user_repository import UserRepository
from swarm.workspace.writing import swap_reference

# Lines in conflict are shown with what both sides began from.
_THREE_WAY = as_environment({"merge.conflictStyle": "diff3"})


class RunRepository(BareRepository):
    """The run's own repository. Implements :class:`swarm.protocols.Branch`.

    Made by :meth:`create` (which also repairs one that a killed process left) or :meth:`open`.
    """

    def __init__(self, folder: Path, run_id: str, git: Git) -> None:
        super().__init__(folder, git)
        self.branch = branch_of(run_id)
        self.handed_in = f"refs/swarm/{path_name(run_id)}"
        self._merging = asyncio.Lock()

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
        await repository.make_or_repair(
            branch=repository.branch,
            object_format=user.object_format,
            alternate=user.common_dir / "objects",
            shallow=user.shallow,
        )
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

    def ref_of(self, attempt_id: str) -> str:
        """Return the full name of the ref that holds what an attempt has handed in."""
        return f"{self.handed_in}/{path_name(attempt_id)}"

    async def name_hand_ins(self, commits: Mapping[str, str]) -> None:
        """Point the refs of attempts at what they handed in, in a repository that was copied. Raises GitError."""
        asked = "".join(f"update {self.ref_of(attempt_id)} {commit}\n" for attempt_id, commit in commits.items())
        if asked:
            await self.git.run("update-ref", "--stdin", git_dir=self.folder, stdin=asked.encode(), lock=self.lock)

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
        await self.update_ref(kept, before)
        await self.update_ref(self.branch, head, before)
        return kept

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
            facts = await self.facts(head)
            made = await self.write_commit(undone.head, (head,), message, facts[head].seconds + 1)
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
        facts = await self.facts(merge, before, head)
        seconds = facts[head].seconds
        past = await self.write_commit(facts[merge].tree, (), "past\n", seconds)
        ours = await self.write_commit(facts[head].tree, (past,), "ours\n", seconds)
        theirs = await self.write_commit(facts[before].tree, (past,), "theirs\n", seconds)
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
        facts = await self.facts(into, commit)
        if tree == facts[into].tree:
            return Merge(head=into)
        seconds = max(fact.seconds for fact in facts.values()) + 1
        return Merge(head=await self.write_commit(tree, (into, commit), message, seconds))

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
            await self.update_ref(self.branch, base_commit)

    async def _holds(self, commit: str, head: str, branch_head: str) -> bool:
        """Whether the branch went from ``head`` to where it is by merges of which one merged ``commit``."""
        arguments = ("rev-list", "--first-parent", "--parents", f"{head}..{branch_head}")
        listed = await self.git.run(*arguments, git_dir=self.folder)
        commits = [line.split() for line in listed.text.splitlines()]
        return bool(commits) and commits[-1][1] == head and any(commit in parents[2:] for parents in commits)

    async def _move_branch(self, new: str, old: str) -> None:
        """Move the run's branch from one commit to another. Raises WorkspaceError when it is elsewhere."""
        try:
            moved = await asyncio.to_thread(swap_reference, self.folder, self.branch, new, old)
        except FileNotFoundError:
            await self.update_ref(self.branch, new, old)  # packed with others
            return
        except OSError as error:
            raise WorkspaceError(f"the branch {self.branch} could not be moved: {error}") from error
        if not moved:
            raise WorkspaceError(f"the branch {self.branch} is not at {old}")


def branch_of(run_id: str) -> str:
    """Return the full name of a run's branch."""
    return f"refs/heads/swarm/{path_name(run_id)}"


def _conflicts(fields: list[bytes]) -> tuple[str, ...]:
    """Return the paths in what merge-tree lists up to the empty field: ``mode object stage TAB path``."""
    listed = fields[: fields.index(b"")] if b"" in fields else fields
    return tuple(sorted({os.fsdecode(entry.split(b"\t", 1)[1]) for entry in listed}))
