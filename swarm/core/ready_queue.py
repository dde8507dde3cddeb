"""In which order subtasks go on: the longest chain of work first, and in turns where chains are equally long.

The queue holds what is ready, by role, and what waits to be merged. An entry of a heap is only good while its subtask
is still in that state and of that rank; others are dropped when they come up.

A subtask that is expected to change what another one is just changing lets others go first, and waits even for that one
where this makes the run no longer: a conflict costs an attempt. Where it would, both are at work side by side.
"""

import heapq
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from swarm.core.durations import Durations
from swarm.core.node import Node, SubtaskState
from swarm.core.overlap import Claims
from swarm.core.plan import Subtask, SubtaskKind, critical_path_ranks, stand_alone

_Entry = tuple[float, int, int, str]

_AT_WORK = frozenset({SubtaskState.RUNNING, SubtaskState.VERIFYING, SubtaskState.INTEGRATING})

MOST_PASSED_OVER = 32
"""How many subtasks whose files are being changed are passed over in the search for another one."""


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
    _at_work: dict[str, Node] = field(default_factory=dict, compare=False)
    _claims: Claims = field(default_factory=Claims, compare=False)

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
        """Queue a subtask that is ready, or accepted; take note of who is at work on which files."""
        state = node.state
        if (state in _AT_WORK) is not (node.subtask.id in self._at_work):
            self._take_note(node)
        if state is SubtaskState.READY:
            heapq.heappush(self._ready.setdefault(node.subtask.role, []), _entry(node))
        elif state is SubtaskState.INTEGRATING:
            heapq.heappush(self._accepted, _entry(node))

    def next_ready(self, full: Collection[str] = ()) -> Node | None:
        """Return the first ready subtask that should start, of the roles that are not full, or None.

        None also when the only ones would better wait until what they are to change has been changed.
        """
        if not self._ranked:
            self._rank()
        passed_over: list[Node] = []
        first: Node | None = None
        for role, heap in self._ready.items():
            if heap and role not in full:
                node = self._first_apart(heap, role, passed_over)
                if node and (first is None or _entry(node) < _entry(first)):
                    first = node
        if first is None and passed_over:
            longest = max(node.rank for node in self._at_work.values())
            pressing = (node for node in passed_over if self._must_not_wait(node, longest))
            return min(pressing, key=_entry, default=None)
        return first

    def _first_apart(self, heap: list[_Entry], role: str, passed_over: list[Node]) -> Node | None:
        """Return the first of a role that changes nothing that somebody is changing; keep those before it."""
        entries: list[_Entry] = []
        node = self._top(heap, SubtaskState.READY, role)
        while node and len(entries) < MOST_PASSED_OVER and self._is_changed(node):
            entries.append(heapq.heappop(heap))
            passed_over.append(node)
            node = self._top(heap, SubtaskState.READY, role)
        for entry in entries:
            heapq.heappush(heap, entry)
        return node if len(entries) < MOST_PASSED_OVER else None

    def _is_changed(self, node: Node) -> bool:
        """Whether somebody is changing what a subtask is to change."""
        writes = node.subtask.writes
        return bool(writes) and bool(self._claims.owners_of(writes))

    def _must_not_wait(self, node: Node, longest: float) -> bool:
        """Whether the run would take longer if a subtask began only after those that change the same files."""
        before = (self._at_work[name].subtask for name in self._claims.owners_of(node.subtask.writes))
        return node.rank + max(map(self.durations.effort, before), default=0.0) > longest

    def _take_note(self, node: Node) -> None:
        """Work on a subtask has begun, or is over."""
        subtask = node.subtask
        if self._at_work.pop(subtask.id, None):
            self._claims.remove(subtask.id)
            return
        self._at_work[subtask.id] = node
        if subtask.writes and subtask.kind is SubtaskKind.WORK:
            self._claims.add(subtask.id, subtask.writes)

    @property
    def at_work(self) -> Collection[Node]:
        """The subtasks whose attempts are at work, or wait to be merged; ranked when somebody asks what is next."""
        return self._at_work.values()

    def next_accepted(self) -> Node | None:
        """Return the first subtask that waits to be merged, or None."""
        if not self._ranked:
            self._rank()
        return self._top(self._accepted, SubtaskState.INTEGRATING, "")

    def _top(self, heap: list[_Entry], state: SubtaskState, role: str) -> Node | None:
        while heap:
            first = heap[0]
            node = self.nodes[first[3]]
            if node.state is state and -first[0] == node.rank and not node.held and role in ("", node.subtask.role):
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
        self._ranked = True
        parents = {identifier: node.parent for identifier, node in self.nodes.items() if node.parent}
        subtasks = (node.subtask for node in self.nodes.values())
        ranks = critical_path_ranks(subtasks, self.durations.effort, parents)
        self._ready = {}
        self._accepted = []
        for identifier, node in self.nodes.items():
            node.rank = ranks[identifier]
            if node.state is SubtaskState.READY:
                self._ready.setdefault(node.subtask.role, []).append(_entry(node))
            elif node.state is SubtaskState.INTEGRATING:
                self._accepted.append(_entry(node))
        for heap in (*self._ready.values(), self._accepted):
            heapq.heapify(heap)


def _entry(node: Node) -> _Entry:
    # Of equally long chains those of different plans take turns: the first part of each, then the second of each.
    return (-node.rank, node.place, node.order, node.subtask.id)
