"""Facts of the run's branch while the run goes on: what checks find on it, and what is taken out of it again."""

from dataclasses import dataclass

from swarm.core.messages import Verdict


@dataclass(frozen=True, slots=True)
class HeadChecked:
    """Checks of the run ran on ``head``, a commit that its branch is at or was at; each of them has its result."""

    head: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class RemovalStarted:
    """The merge that broke a check is about to be taken out of the branch: the intent. A resume finishes it first.

    Attributes:
        attempt_id: whose merge it is.
        merge: the merge commit.
        head: where the branch is.
        check: the check that it broke.
        reason: what the check says.
    """

    attempt_id: str
    merge: str
    head: str
    check: str
    reason: str


@dataclass(frozen=True, slots=True)
class ChangeRemoved:
    """The attempt's change is out of the branch, which is at ``head`` now; its subtask goes back to an agent.

    Attributes:
        attempt_id: whose change it was.
        previous_head: where the branch was.
        head: where the branch is.
        check: the check that the change had broken.
        reason: what the check said, in words for the next agent.
    """

    attempt_id: str
    previous_head: str
    head: str
    check: str
    reason: str


@dataclass(frozen=True, slots=True)
class ChangeKept:
    """The merge that broke a check stays on the branch, for the reason ``why``: it is repaired on top of it, if at all.

    Attributes:
        attempt_id: whose merge it is.
        check: the check that it broke.
        reason: what the check says.
        why: why the change was not taken out.
    """

    attempt_id: str
    check: str
    reason: str
    why: str
