"""A hedge: a second attempt at a subtask whose attempt takes long. The first whose work is accepted counts. Facts."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hedge:
    """Why a second attempt begins beside one that is at work.

    Attributes:
        straggler: the attempt that takes long.
        seconds: how long it has been at work.
        usual_s: how long such work mostly takes.
        samples: how many accepted attempts tell that.
    """

    straggler: str
    seconds: float
    usual_s: float
    samples: int

    def in_words(self) -> str:
        """Return the reason as a part of a sentence."""
        return (
            f"a hedge beside {self.straggler}, which has taken {self.seconds:,.0f} s where {self.usual_s:,.3g} s are "
            f"usual ({self.samples} such attempts)"
        )
