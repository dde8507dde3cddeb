"""The subtasks of a run, and how they hang together. ``state`` folds."""

from collections.abc import Iterator

from swarm.core.messages import Handoff
from swarm.core.node import ACCEPTED, ENDED, Node
from swarm.core.plan import ROOT_PLAN_ID, Subtask, SubtaskKind


class PlanNodes:
    """The nodes of a plan.

    Attributes:
        nodes: by id, in the order in which they joined.
        top: those that stand below no plan subtask.
    """

    def __init__(self) -> None:
        self.nodes: dict[str, Node] = {}
        self.top: list[str] = []

    @property
    def has_plan(self) -> bool:
        """Whether there is a plan to look at: one that was given, or the first planner's."""
        root = self.nodes.get(ROOT_PLAN_ID)
        return root is None or root.subtask.kind is not SubtaskKind.PLAN or bool(root.children)

    def node_of(self, attempt_id: str) -> Node | None:
        """Return the node whose open attempt this is, or one of two; None for an attempt that is over."""
        node = self.nodes.get(attempt_id.rpartition("@")[0])
        if node is None or node.attempt is None:
            return None
        return node if node.attempt.attempt_id == attempt_id or node.rival_of(attempt_id) else None

    def link(self, node: Node) -> None:
        """Have a subtask wait for those that it depends on."""
        for dependency in node.subtask.depends_on:
            before = self.nodes[dependency]
            before.dependents.append(node.subtask.id)
            node.waiting_for += before.state not in ACCEPTED

    def discount(self, identifier: str) -> None:
        """Have the end of a subtask, and of its parts, tell nothing of its scope's any more."""
        node = self.nodes[identifier]
        if node.parent and node.state in ENDED:
            self.nodes[node.parent].failed_children -= 1
        for member in self.family_of(identifier):
            member.counts = False

    def dependents_of(self, identifier: str) -> Iterator[Node]:
        """Yield everything that directly or indirectly waits for a subtask, once each."""
        seen: set[str] = set()
        stack = [identifier]
        while stack:
            for dependent in self.nodes[stack.pop()].dependents:
                if dependent not in seen:
                    seen.add(dependent)
                    stack.append(dependent)
                    yield self.nodes[dependent]

    def handoffs_for(self, identifier: str) -> list[tuple[Subtask, Handoff]]:
        """Return what the dependencies of a subtask handed in; a plan subtask stands for its own subtasks."""
        found: list[tuple[Subtask, Handoff]] = []
        for dependency in self.nodes[identifier].subtask.depends_on:
            node = self.nodes[dependency]
            if node.handoff:
                found.append((node.subtask, node.handoff))
            else:
                found.extend(self._children_handoffs(dependency))
        return found

    def _children_handoffs(self, parent: str) -> Iterator[tuple[Subtask, Handoff]]:
        for node in self.parts_of(parent):
            if node.handoff:
                yield node.subtask, node.handoff

    def parts_of(self, scope: str) -> Iterator[Node]:
        """Yield the subtasks that a plan subtask was divided into; without an id, those that stand below none."""
        for identifier in self.nodes[scope].children if scope else self.top:
            yield self.nodes[identifier]

    def family_of(self, identifier: str) -> Iterator[Node]:
        """Yield a subtask with its parts and theirs, the whole before its parts."""
        yield self.nodes[identifier]
        for part in self.nodes[identifier].children:
            yield from self.family_of(part)
