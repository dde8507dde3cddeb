"""Where a simulated process works: repository, workspaces and publication behind the seams of :mod:`swarm.protocols`.

They act on the :class:`World` for one process and stop acting when it is dead.
"""

import asyncio
import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from swarm.errors import MergeUncertain, ToolError, WorkspaceError
from swarm.protocols import CommandResult, Files, KeptOutcome, Merge, Workspace
from swarm.testing.simulation.commands import CHANGING, execute
from swarm.testing.simulation.objects import lines_of
from swarm.testing.simulation.world import World

IsDead = Callable[[], bool]


class Hands:
    """How one process acts on the world: with delays, with failures, and no longer than it lives."""

    def __init__(self, world: World, is_dead: IsDead) -> None:
        self.world = world
        self._is_dead = is_dead

    def act(self) -> None:
        """Pass while the process lives. Raises CancelledError when it is dead: nobody is left to go on."""
        if self._is_dead():
            raise asyncio.CancelledError

    def object_to(self, violation: str) -> None:
        """Keep what is wrong, when a living process does it."""
        self.act()
        self.world.object_to(violation)

    async def take(self, most_s: float) -> None:
        """Let some time pass, at most ``most_s`` seconds, as anything does that is done outside."""
        self.act()
        await asyncio.sleep(self.world.random.random() * most_s)
        self.act()


class SimulatedFiles:
    """The files of a workspace. Implements :class:`swarm.protocols.Files`."""

    def __init__(self, hands: Hands, name: str, files: dict[str, bytes]) -> None:
        self._hands = hands
        self._name = name
        self._files = files

    def read(self, path: str) -> bytes:
        """Return a file's bytes. Raises ToolError when there is none."""
        self._hands.act()
        if path not in self._files:
            raise ToolError(f"There is no file {path}.")
        return self._files[path]

    def write(self, path: str, data: bytes) -> None:
        """Replace a file. Raises ToolError for a path that leads outside."""
        if path.startswith("/") or ".." in path.split("/"):
            raise ToolError(f"{path} leads outside of the workspace.")
        self._hands.object_to(self._hands.world.facts.objection_to_change(self._name, self._hands.world.clock.elapsed))
        self._files[path] = data

    def walk(self, path: str = ".") -> Iterator[str]:
        """Yield the paths of the files below a folder."""
        self._hands.act()
        prefix = "" if path == "." else f"{path.rstrip('/')}/"
        yield from sorted(name for name in self._files if name.startswith(prefix))


class SimulatedWorkspace:
    """Files and a sandbox. Implements :class:`swarm.protocols.Workspace`."""

    def __init__(self, hands: Hands, name: str, *, of_attempt: bool) -> None:
        self._hands = hands
        self._world = hands.world
        self._name = name
        self._of_attempt = of_attempt
        self._held = self._world.workspaces[name]
        self.files: Files = SimulatedFiles(hands, name, self._held)
        self.confined = True

    async def run(self, command: str, *, timeout_s: float) -> CommandResult:
        """Carry a command out after a while; its effect comes in the middle of it."""
        await self._hands.take(min(timeout_s, 20.0) / 2)
        self._world.maybe_fail("the sandbox")
        if self._of_attempt and command.split()[0] in CHANGING:
            self._hands.object_to(self._world.facts.objection_to_change(self._name, self._world.clock.elapsed))
        code, output = execute(command, self._held, glue=self._world.glue)
        if not self._of_attempt and self._world.is_flake(self._name, command):
            code, output = 1, "the machine was busy"
        await self._hands.take(min(timeout_s, 20.0) / 2)
        digest = hashlib.sha256(output.encode()).hexdigest()
        return CommandResult(code, output, len(output), digest, 1.0)

    async def snapshot(self) -> str:
        """Keep the files as a tree."""
        await self._hands.take(0.1)
        self._world.maybe_fail("the snapshot")
        return self._world.objects.add_tree(self._held)


class SimulatedWorkspaces:
    """Workspaces in memory. Implements :class:`swarm.protocols.Workspaces`; they outlive the process."""

    def __init__(self, hands: Hands) -> None:
        self._hands = hands
        self._world = hands.world

    async def open(self, attempt_id: str, *, base_commit: str, tree: str = "") -> Workspace:
        """Make the attempt's files those of the tree."""
        await self._hands.take(0.5)
        wanted = tree or base_commit
        offered = self._world.offered.get(attempt_id, "")
        now = self._world.clock.elapsed
        self._hands.object_to(self._world.facts.objection_to_open(attempt_id, wanted, now, offered))
        self._world.maybe_fail("the clone")
        self._world.workspaces[attempt_id] = dict(self._world.objects.files_of(wanted))
        return SimulatedWorkspace(self._hands, attempt_id, of_attempt=True)

    async def close(self, attempt_id: str) -> None:
        """Remove the workspace."""
        self._hands.act()
        self._world.remove_workspace(attempt_id)

    async def checkout(self, commit: str, *, name: str) -> Workspace:
        """Return a workspace with the commit's files."""
        await self._hands.take(0.5)
        self._world.maybe_fail("the checkout")
        self._world.workspaces[name] = dict(self._world.objects.files_of(commit))
        return SimulatedWorkspace(self._hands, name, of_attempt=False)

    async def leftovers(self, *, keep: Iterable[str]) -> list[str]:
        """Return the workspaces that no open attempt needs."""
        kept = set(keep)
        return [name for name in self._world.workspaces if name not in kept]

    async def keep_swept(self, names: Iterable[str]) -> None:
        """Remove workspaces."""
        for name in names:
            await self._hands.take(0.1)
            self._world.remove_workspace(name)

    async def close_all(self) -> None:
        """Remove all workspaces."""
        self._hands.act()
        for name in list(self._world.workspaces):
            self._world.remove_workspace(name)


class SimulatedOutcomes:
    """Keeps what the last tool call of each attempt came to. Implements :class:`swarm.protocols.Outcomes`."""

    def __init__(self, hands: Hands) -> None:
        self._hands = hands
        self._world = hands.world

    async def keep(self, attempt_id: str, step: int, index: int, outcome: KeptOutcome) -> None:
        """Keep the outcome of a call."""
        await self._hands.take(0.05)
        self._world.outcomes[attempt_id] = (step, index, outcome)

    async def find(self, attempt_id: str, step: int, index: int) -> KeptOutcome | None:
        """Return the kept outcome of a call, with the files as it left them."""
        await self._hands.take(0.05)
        kept_step, kept_index, outcome = self._world.outcomes.get(attempt_id, (0, 0, None))
        if outcome is None or (kept_step, kept_index) != (step, index) or attempt_id not in self._world.workspaces:
            return None
        tree = self._world.objects.add_tree(self._world.workspaces[attempt_id])
        self._world.offered[attempt_id] = tree
        return replace(outcome, tree=tree)


class SimulatedRepository:
    """The run's repository. Implements :class:`swarm.protocols.Branch` and its :class:`~swarm.protocols.Intake`."""

    def __init__(self, hands: Hands) -> None:
        self._hands = hands
        self._world = hands.world

    async def commit(self, attempt_id: str, *, tree: str, parent: str, message: str) -> str:
        """Commit a tree."""
        await self._hands.take(0.1)
        self._world.maybe_fail(f"the commit of {attempt_id}")
        return self._world.objects.add_commit(tree, (parent,), message)

    async def changed_paths(self, base: str, tree: str) -> tuple[str, ...]:
        """Return the paths that differ."""
        self._hands.act()
        return self._world.objects.changed_paths(base, tree)

    async def diff(self, base: str, commit: str) -> str:
        """Return the files that differ, whole."""
        self._hands.act()
        objects = self._world.objects
        changed = {path: objects.files_of(commit).get(path, b"") for path in objects.changed_paths(base, commit)}
        return "\n".join(
            f"{path}\n" + "".join(f"+{line.decode()}\n" for line in lines_of(data)) for path, data in changed.items()
        )

    async def merge(self, commit: str, *, head: str, message: str) -> Merge:
        """Merge into the branch; the branch moves in the middle of it."""
        await self._hands.take(2.0)
        self._hands.object_to(self._world.facts.objection_to_merge(commit, head))
        try:
            self._world.maybe_fail("the merge")
        except WorkspaceError as error:
            return self._merged_already(commit, head, error)
        merged = self._world.objects.merge(commit, head, message)
        await self._hands.take(2.0)
        return merged

    async def take_out(self, merge: str, *, head: str, message: str) -> Merge:
        """Undo a merge; the branch moves in the middle of it."""
        await self._hands.take(2.0)
        self._hands.object_to(self._world.facts.objection_to_removal(merge, head))
        self._world.maybe_fail("the removal")
        undone = self._world.objects.take_out(merge, head, message)
        await self._hands.take(2.0)
        return undone

    def _merged_already(self, commit: str, head: str, failure: WorkspaceError) -> Merge:
        """Do what the real one does when git fails: look where the branch is, and fail at that, too, now and then."""
        objects = self._world.objects
        if self._world.random.random() < 0.3:
            raise MergeUncertain(f"whether {commit} was merged is not known")
        if objects.branch != head and objects.holds(commit, since=head):
            return Merge(head=objects.branch)
        raise failure


class SimulatedPublication:
    """A user's repository that takes everything. Implements :class:`swarm.assembly.Publication`."""

    def __init__(self, hands: Hands) -> None:
        self._hands = hands
        self._changed = asyncio.Event()
        self.problem = ""
        self.published = ""

    def changed(self) -> None:
        """The branch has a new head."""
        self._changed.set()

    async def run(self) -> None:
        """Publish whenever the branch has changed, until cancelled."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            await self.publish()
            await asyncio.sleep(5.0)

    async def publish(self) -> None:
        """Publish now."""
        await self._hands.take(0.5)
        self.published = self._hands.world.objects.branch
