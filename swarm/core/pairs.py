"""Two attempts at the same subtask, as people see them: which of them speaks for it, and what hedges came to."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from swarm.core.accounts import USEFUL
from swarm.core.events import AttemptOutcome
from swarm.core.limits import Spent
from swarm.core.parts import AttemptView, SubtaskStatus

_WAY = (SubtaskStatus.SUSPENDED, SubtaskStatus.RUNNING, SubtaskStatus.VERIFYING, SubtaskStatus.INTEGRATING)
"""How far an attempt has come, the furthest last."""


@dataclass(slots=True)
class Pairs:
    """The attempts at work of which there are two at a subtask, by that.

    Attributes:
        hedges: all second attempts that ever began, with the first ones.
    """

    hedges: list[tuple[AttemptView, AttemptView]] = field(default_factory=list)
    _open: dict[str, tuple[AttemptView, AttemptView]] = field(default_factory=dict)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._open)

    def begin(self, first: AttemptView, second: AttemptView) -> None:
        """A second attempt begins."""
        self.hedges.append((first, second))
        self._open[first.subtask_id] = (first, second)

    def end(self, attempt: AttemptView) -> AttemptView | None:
        """One of two has ended: return the other one, which goes on or was accepted."""
        other = self._other(attempt)
        self._open.pop(attempt.subtask_id, None)
        return other

    def furthest(self, attempt: AttemptView) -> SubtaskStatus:
        """Return what the attempt's subtask does: of two attempts the one that has come further speaks for it."""
        other = self._other(attempt)
        return max(attempt.status, other.status, key=_WAY.index) if other else attempt.status

    def is_late(self, attempt: AttemptView) -> bool:
        """Whether the other one was accepted already."""
        other = self._other(attempt)
        return other is not None and other.status is SubtaskStatus.INTEGRATING

    def _other(self, attempt: AttemptView) -> AttemptView | None:
        pair = self._open.get(attempt.subtask_id)
        return pair[pair[0] is attempt] if pair else None


@dataclass(frozen=True, slots=True)
class HedgeFigures:
    """What hedges came to: how many there were, how many were accepted first, and what the work took that they outran.

    Where a hedge was of no use, that is what it took itself.
    """

    begun: int
    won: int
    lost: Spent


def hedge_figures(hedges: Iterable[tuple[AttemptView, AttemptView]]) -> HedgeFigures:
    """Return the figures of first and second attempts at subtasks."""
    begun = won = 0
    lost = Spent()
    for first, second in hedges:
        begun += 1
        if first.outcome is AttemptOutcome.OUTRUN:
            won += 1
            lost += first.spent
        elif second.outcome is not None and second.outcome not in USEFUL:
            lost += second.spent
    return HedgeFigures(begun, won, lost)
