"""How fast a run spends: whether its agents take many times as many tokens as ever before. A fold of replies.

Counted are tokens that no cache served, for each second of each agent at work, in windows of five minutes. The fastest
window so far is the measure, so that conversations that grow longer and longer do not look like a run that runs away.
"""

from dataclasses import dataclass

from swarm.core.limits import Usage

WINDOW_S = 300.0
LEARNED_WINDOWS = 3
"""Windows before anything is made of the next one."""

LEAST_TOKENS = 100_000
"""A window with fewer tokens is none of a run that runs away."""


@dataclass(slots=True)
class SpendMeter:
    """The fold of what one process sees: it learns anew when another one takes the run over.

    Attributes:
        factor: how many times the fastest window so far is too fast.
        exceeded: says in words that the last window was too fast; empty when it was not.
    """

    factor: float = 3.0
    exceeded: str = ""
    _now: float | None = None
    _fastest: float = 0.0
    _windows: int = 0
    _seconds: float = 0.0
    _agent_seconds: float = 0.0
    _tokens: int = 0

    def replied(self, usage: Usage, now: float, agents: int) -> None:
        """A reply took tokens.

        Args:
            usage: the tokens.
            now: the run's time at work, in seconds.
            agents: how many are at work.
        """
        if self._now is None:
            self._now = now
        self._tokens += usage.input_tokens - usage.cached_tokens + usage.output_tokens
        self._seconds += now - self._now
        self._agent_seconds += (now - self._now) * agents
        self._now = now
        if self._seconds >= WINDOW_S and self._agent_seconds:
            self._close()

    def _close(self) -> None:
        rate = self._tokens / self._agent_seconds
        learned = self._windows >= LEARNED_WINDOWS
        if learned and self._tokens >= LEAST_TOKENS and rate > self.factor * self._fastest:
            self.exceeded = (
                f"agents take {rate:,.0f} tokens a second each, {rate / max(self._fastest, 0.01):,.1f} times as many "
                "as ever before in this run (spend_factor)"
            )
        self._fastest = max(self._fastest, rate)
        self._windows += 1
        self._seconds = self._agent_seconds = 0.0
        self._tokens = 0
