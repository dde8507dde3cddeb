"""In which order subtasks go on: the longest chain of work first, and in turns where chains are equally long.

The queue holds what is ready, by role, and what waits to be merged. An entry of a heap is only good while its subtask
is still in that state and of that rank; others are dropped when they come up.
"""

import heapq
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from swarm.core.durations import Durations
from swarm.core.node import Node, SubtaskState
from swarm.core.plan import Subtask, critical_path_ranks, stand_alone

_Entry = tuple[float, int, int, str]


@dataclass(slots=True)
class ReadyQueue:
    """Orders the subtasks of a run.

    Attributes:
        nodes: all of them; the queue looks, and writes their ranks.
        durations: how long subtasks take.
    """

    nodes: Mapping[str, Node] = field(compare=False)
    durations: Durations = field(default_factory=Durations)
    _ranked: bool = True
    _ready: dict[str, list[_Entry]] = field(default_factory=dict)
    _accepted: list[_Entry] = field(default_factory=list)

    def joined(self, parent: Node | None, subtasks: tuple[Subtask, ...]) -> None:
        """Take note of new subtasks, those that a plan subtask was divided into or others."""
        if self._ranked and parent and stand_alone(subtasks):
            self._rank_below(parent, subtasks)
        else:
            self._ranked = False

    def changed(self) -> None:
        """Take note that subtasks wait for others than before, or that others are expected to take longer."""
        self._ranked = False

    def reworded(self, node: Node, subtask: Subtask) -> None:
        """Give a subtask that is ready another role and kind, which may be expected to take another time."""
        if self.durations.effort(subtask) != self.durations.effort(node.subtask):
            self._ranked = False
        node.subtask = subtask
        self.push(node)

    def push(self, node: Node) -> None:
        """Queue a subtask that is ready, or accepted."""
        if node.state is SubtaskState.READY:
            heapq.heappush(self._ready.setdefault(node.subtask.role, []), _entry(node))
        elif node.state is SubtaskState.INTEGRATING:
            heapq.heappush(self._accepted, _entry(node))

    def next_ready(self, full: Collection[str] = ()) -> Node | None:
        """Return the first ready subtask whose role is not one of those that are full, or None."""
        self._rank()
        found = [
            node
            for role, heap in self._ready.items()
            if role not in full and (node := self._top(heap, SubtaskState.READY, role))
        ]
        return min(found, key=_entry, default=None)

    def next_accepted(self) -> Node | None:
        """Return the first subtask that waits to be merged, or None."""
        self._rank()
        return self._top(self._accepted, SubtaskState.INTEGRATING, "")

    def _top(self, heap: list[_Entry], state: SubtaskState, role: str) -> Node | None:
        while heap:
            node = self.nodes[heap[0][3]]
            fits = node.state is state and -heap[0][0] == node.rank and not node.held
            if fits and role in ("", node.subtask.role):
                return node
            heapq.heappop(heap)
        return None

    def _rank_below(self, parent: Node, children: tuple[Subtask, ...]) -> None:
        """Rank new children only: what waits for their parent waits for them, and nobody else's chain gets longer."""
        behind = parent.rank - self.durations.effort(parent.subtask)
        for identifier, rank in critical_path_ranks(children, self.durations.effort).items():
            self.nodes[identifier].rank = rank + behind

    def _rank(self) -> None:
        # Only when it matters: a resume folds hundreds of extensions of the plan before anything is started.
        if self._ranked:
            return
        self._ranked = True
        parents = {identifier: node.parent for identifier, node in self.nodes.items() if node.parent}
        subtasks = (node.subtask for node in self.nodes.values())
        for identifier, rank in critical_path_ranks(subtasks, self.durations.effort, parents).items():
            self.nodes[identifier].rank = rank
        self._ready = {}
        self._accepted = []
        for node in self.nodes.values():
            self.push(node)


def _entry(node: Node) -> _Entry:
    # Of equally long chains those of different plans take turns: the first part of each, then the second of each.
    return (-node.rank, node.place, node.order, node.subtask.id)
