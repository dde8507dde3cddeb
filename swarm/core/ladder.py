"""What becomes of a subtask whose agents are stuck, one rung after the other.

The agent is told first, which is no matter of the scheduler's. Then another one begins with a fresh view and a summary
of what was tried; the one after that is of a stronger role, if there is one. When no attempts are left, the planner is
asked for another plan; when it cannot be asked any more, a person has to say how to go on.
"""

from swarm.core.draft import Draft
from swarm.core.endings import end_attempt, end_subtask
from swarm.core.events import AttemptOutcome, PauseReason, RunPaused, SubtaskOutcome
from swarm.core.node import Node
from swarm.core.planner_requests import request_replan
from swarm.core.replans import ReplanCause
from swarm.core.state import RunState
from swarm.core.steering import PersonWanted
from swarm.core.stimuli import AttemptStuck

STRONG = "strong"
"""The role of a stronger model, where the limits of a role name no other one."""

_SHOWN = 5


def stuck(draft: Draft, stimulus: AttemptStuck) -> None:
    """End an attempt whose agent is stuck, and climb one rung."""
    node = end_attempt(draft, stimulus.attempt_id, AttemptOutcome.STUCK, stimulus.reason)
    if not node or node.tries < draft.state.limits.max_attempts:
        return
    if request_replan(draft, node, f"{node.subtask.id} failed: {stimulus.reason}", ReplanCause.STUCK):
        end_subtask(draft, node, SubtaskOutcome.FAILED, stimulus.reason)
    else:
        draft.emit(PersonWanted(node.subtask.id, stimulus.reason))


def stronger_role(state: RunState, node: Node) -> str:
    """Return the role that carries out the next attempt instead of the subtask's own; mostly none."""
    if node.stuck < 2 or node.escalated:
        return ""
    limits = state.limits.roles.get(node.subtask.role)
    named = limits.stronger if limits else ""
    if named:
        return named
    return STRONG if STRONG in state.roles and node.subtask.role != STRONG else ""


def wait_for_person(draft: Draft) -> bool:
    """Pause the run if all that is left waits for a person; return whether it did."""
    held = draft.state.held
    if not held or draft.state.at_work or draft.state.next_ready():
        return False
    names = ", ".join(list(held)[:_SHOWN])
    draft.emit(
        RunPaused(
            PauseReason.PERSON,
            f"agents are stuck with {names}: `swarm tell` them how to go on, or `swarm cancel` them, then resume",
        )
    )
    draft.stop()
    return True
