"""The world that simulated processes act on: it outlives them, and notices when one does what it must not do."""

import errno
import random
from dataclasses import dataclass, field

from swarm.errors import WorkspaceError
from swarm.protocols import KeptOutcome
from swarm.testing.simulation.facts import Facts
from swarm.testing.simulation.loop import VirtualClock
from swarm.testing.simulation.objects import Objects, Tree


@dataclass(slots=True)
class World:
    """Everything outside of the processes.

    Attributes:
        random: where all chance of the simulation comes from.
        clock: the time that all processes share.
        trouble: how likely one effect fails, between 0 and 1.
        objects: the run's repository.
        workspaces: the files of open workspaces, by name.
        outcomes: what the last tool call of an attempt came to, with its step and index.
        offered: the files that a call which was cut off has left, by attempt.
        received: the step of which a process has last read a whole reply, by attempt.
        facts: what is durably recorded.
        violations: what went wrong, in words; the simulation ends with the first one.
        flaky: how likely a check in a clean checkout fails by chance.
        glue: whether the whole is only right when somebody has written ``glue.txt`` after a failed check.
    """

    random: random.Random
    clock: VirtualClock
    trouble: float = 0.0
    glue: bool = False
    flaky: float = 0.0
    objects: Objects = field(default_factory=Objects)
    workspaces: dict[str, dict[str, bytes]] = field(default_factory=dict)
    outcomes: dict[str, tuple[int, int, KeptOutcome]] = field(default_factory=dict)
    offered: dict[str, str] = field(default_factory=dict)
    received: dict[str, int] = field(default_factory=dict)
    facts: Facts = field(default_factory=Facts)
    violations: list[str] = field(default_factory=list)
    _flaked: set[tuple[str, str]] = field(default_factory=set)

    def object_to(self, violation: str) -> None:
        """Keep what is wrong; an empty text is nothing wrong."""
        if violation:
            self.violations.append(f"{violation} (at {self.clock.elapsed:.1f} s)")

    def objection_to_files(self, attempt: str) -> str:
        """Why the attempt may not build on the files that its workspace holds now: a kill would lose them."""
        if attempt in self.workspaces and self.workspaces[attempt] != self.objects.files_of(
            self.facts.snapshot_of(attempt)
        ):
            return f"{attempt} goes on with files that no snapshot on disk holds"
        return ""

    def remove_workspace(self, name: str) -> None:
        """Remove a workspace with all that is kept beside it."""
        self.workspaces.pop(name, None)
        self.outcomes.pop(name, None)
        self.offered.pop(name, None)

    def maybe_fail(self, what: str) -> None:
        """Fail now and then, as disks and git do. Raises WorkspaceError."""
        if self.random.random() >= self.trouble:
            return
        if self.random.random() < 0.3:
            raise WorkspaceError(f"{what}: the disk is full") from OSError(errno.ENOSPC, "No space left on device")
        raise WorkspaceError(f"{what} failed")

    def is_flake(self, place: str, command: str) -> bool:
        """Whether a check fails by chance now; where it has just done so it does not do it again."""
        if not self.flaky or (place, command) in self._flaked:
            self._flaked.discard((place, command))
            return False
        if self.random.random() >= self.flaky:
            return False
        self._flaked.add((place, command))
        return True

    def starting_files(self) -> Tree:
        """Return the files that the run starts from."""
        return {"README": b"A project.\n", **{f"shared/{number}.txt": b"" for number in range(3)}}
