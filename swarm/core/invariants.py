"""What must hold in every state of a run. Whatever breaks one of these is a bug in swarm."""

from collections.abc import Mapping

from swarm.core.node import ACCEPTED, ENDED, InvariantBroken, Node, SubtaskState

_AT_WORK = frozenset({SubtaskState.RUNNING, SubtaskState.VERIFYING})
_WITH_ATTEMPT = _AT_WORK | {SubtaskState.INTEGRATING}
_STARTED = _WITH_ATTEMPT | {SubtaskState.DELEGATED} | ACCEPTED


def check_nodes(nodes: Mapping[str, Node], *, unended: int, at_work: int) -> None:
    """Assert that every subtask's state is possible and that the counters are what a recount gives.

    Raises:
        InvariantBroken: the state contradicts itself.
    """
    _require(unended == sum(node.state not in ENDED for node in nodes.values()), "unended is not the recount")
    _require(
        at_work
        == sum(
            (node.state in _AT_WORK and node.attempt is not None) + (node.rival is not None) for node in nodes.values()
        ),
        "at_work is not the recount",
    )
    for node in nodes.values():
        _check_node(node, nodes)


def _check_node(node: Node, nodes: Mapping[str, Node]) -> None:
    name, state = node.subtask.id, node.state
    waiting = sum(nodes[other].state not in ACCEPTED for other in node.subtask.depends_on)
    _require(node.waiting_for == waiting, f"{name}: waiting_for is not the recount")
    _require(waiting == 0 or state not in _STARTED, f"{name}: started before its dependencies were done")
    _require(state is not SubtaskState.BLOCKED or waiting > 0, f"{name}: blocked by nothing")
    _require(state not in ENDED or node.attempt is None, f"{name}: ended with an open attempt")
    _require(state not in _WITH_ATTEMPT or node.attempt is not None, f"{name}: at work without an attempt")
    _require(node.rival is None or state in _WITH_ATTEMPT, f"{name}: two attempts of a subtask that is not at work")
    _require(node.rival is None or node.hedged, f"{name}: two attempts, and none of them is a hedge")
    _require(state is not SubtaskState.READY or node.attempt is None, f"{name}: ready with an open attempt")
    _require(node.open_children >= 0, f"{name}: more children ended than there are")


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise InvariantBroken(message)
