"""Opening a subtask again that was done: its change was taken out of the branch."""

from collections.abc import Callable, Mapping

from swarm.core.node import ACCEPTED, Node, SubtaskState


def reopen(
    nodes: Mapping[str, Node], node: Node, state: SubtaskState, move: Callable[[Node, SubtaskState], None]
) -> int:
    """Open a subtask again, with the plan subtasks above it that were done; what waits for it waits again.

    Args:
        nodes: all subtasks.
        node: the one that was done.
        state: what it becomes.
        move: gives a subtask another state.

    Returns:
        How many subtasks are open again.
    """
    opened = 1
    if node.parent:
        parent = nodes[node.parent]
        parent.open_children += 1
        parent.unverified_children -= node.counts and node.state is SubtaskState.UNVERIFIED
        if parent.state in ACCEPTED:
            opened += reopen(nodes, parent, SubtaskState.DELEGATED, move)
    move(node, state)
    for identifier in node.dependents:
        dependent = nodes[identifier]
        dependent.waiting_for += 1
        if dependent.state is SubtaskState.READY:
            move(dependent, SubtaskState.BLOCKED)
    return opened
