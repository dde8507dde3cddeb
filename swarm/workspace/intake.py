"""The intake of a run: where what agents make is recorded, and the only way from there into the run's repository.

It is a bare repository of its own beside the run's, which it reads as an alternate; the run's repository reads nothing
from it. Snapshots stay here. What an attempt hands in comes into the run's repository as a bundle, with every object
checked by git on the way, and is there under ``refs/swarm/RUN/ATTEMPT``.
"""

import asyncio
import contextlib
import shutil
from pathlib import Path

from swarm.errors import GitError, HandInRefused, WorkspaceError
from swarm.failpoints import reach
from swarm.workspace.bare_repository import BareRepository, path_name
from swarm.workspace.bundled_objects import take_in, write_bundle_of
from swarm.workspace.names import shown
from swarm.workspace.object_rules import Refusal, first_refusal
from swarm.workspace.repository import RunRepository
from swarm.workspace.writing import read_reference, set_reference


class RunIntake(BareRepository):
    """Trees and commits of attempts. Implements :class:`swarm.protocols.Intake`.

    Made by :meth:`create`, which also repairs one that a killed process left.

    Args:
        folder: the repository; it lies beside the run's.
        run: what is handed in goes there.
    """

    def __init__(self, folder: Path, run: RunRepository) -> None:
        super().__init__(folder, run.git, run.known)
        self.run = run
        self._bundles = folder / "bundles"

    @classmethod
    async def create(cls, folder: Path, *, run: RunRepository) -> "RunIntake":
        """Make the intake of a run, or repair the one that is there. The caller must be the only driver of the run.

        A run that was begun before there were intakes gets one: its earlier snapshots are in its repository, which the
        intake reads.

        Raises:
            WorkspaceError: git or the file system failed.
        """
        intake = cls(folder, run)
        await intake.make_or_repair(
            branch=run.branch,
            object_format=await run.object_format(),
            alternate=Path("../..", run.folder.name, "objects"),  # relative, so that a run's folder can be moved
            shallow=run.folder / "shallow",
        )
        await asyncio.to_thread(shutil.rmtree, intake._bundles, ignore_errors=True)
        return intake

    def snapshot_ref(self, attempt_id: str) -> Path:
        """Return the file of the ref that names an attempt's newest files."""
        return self.folder / "refs/snapshots" / path_name(attempt_id)

    async def commit(self, attempt_id: str, *, tree: str, parent: str, message: str) -> str:
        """Commit a tree for an attempt, bring that into the run's repository, and return the commit's id.

        The same arguments give the same id: the date is one second after the parent's. So after a kill at any point
        doing it again completes it.

        Args:
            attempt_id: the attempt; its ref in the run's repository is moved to the commit.
            tree: what was handed in; a tree of a snapshot.
            parent: a commit of the run's repository.
            message: the commit's message.

        Raises:
            HandInRefused: git refuses an object of it; the run's repository names nothing of it.
            WorkspaceError: git or the file system failed.
        """
        facts = await self.facts(parent)
        commit = await self.write_commit(tree, (parent,), message, facts[parent].seconds + 1)
        ref = self.run.ref_of(attempt_id)
        if await asyncio.to_thread(read_reference, self.run.folder, ref) == commit:
            return commit
        reach("commit.unnamed")
        await _name(self, ref, commit)
        await self._hand_over(attempt_id, ref, commit, parent)
        await _name(self.run, ref, commit)
        reach("handin.named")
        return commit

    async def _hand_over(self, attempt_id: str, ref: str, commit: str, base: str) -> None:
        """Bring the objects of a commit into the run's repository, which has the commit that it builds on."""
        bundle = self._bundles / path_name(attempt_id)
        try:
            await write_bundle_of(self, ref, base=base, file=bundle)
            reach("handin.bundled")
            await take_in(bundle, self.run, ref=ref, commit=commit)
        except GitError as error:
            refusal = first_refusal(error.stderr)
            if refusal is None:
                raise
            raise await self._refused(commit, refusal) from error
        finally:
            with contextlib.suppress(OSError):  # the next process removes what is left
                await asyncio.to_thread(bundle.unlink, missing_ok=True)
        reach("handin.taken-in")

    async def _refused(self, commit: str, refusal: Refusal) -> HandInRefused:
        place = await self._place(commit, refusal.object_id)
        return HandInRefused(
            f"git's check of what comes in refuses {place}, object {refusal.object_id}, by the rule {refusal.rule}: "
            f"{refusal.said}",
            hint="Remove or rename what it names, then hand in again.",
        )

    async def _place(self, commit: str, object_id: str) -> str:
        """Return in words where in a commit an object is."""
        if object_id == commit:
            return "the commit"
        if object_id == await self.tree_of(commit):
            return "the names in the top folder"
        listed = await self.git.run("ls-tree", "-r", "-t", "-z", commit, git_dir=self.folder)
        for entry in listed.stdout.split(b"\0"):
            fields, _, path = entry.partition(b"\t")
            if fields.endswith(object_id.encode()):
                kind = "the names in the folder" if b" tree " in fields else "the file"
                return f"{kind} {shown(path.decode(errors='surrogateescape'))}"
        return "an object"


def recorded_in(folder: Path, run: RunRepository) -> BareRepository:
    """Return, for reading, the repository that has everything which a run's journal names.

    That is the run's intake; the run's own repository for a run that has none yet.
    """
    return RunIntake(folder, run) if (folder / "HEAD").exists() else run


async def _name(repository: BareRepository, ref: str, commit: str) -> None:
    """Write a ref by hand, as git would: one process less. Only the attempt whose ref it is writes it."""
    try:
        await asyncio.to_thread(set_reference, repository.folder, ref, commit)
    except OSError as error:
        raise WorkspaceError(f"the commit {commit} could not be named: {error}") from error
