"""When a reply's parts are sent: pure and seeded."""

import math
from dataclasses import dataclass

from swarm.testing.endpoint.scenario import Speed
from swarm.testing.endpoint.seeded import draw

MAX_CHUNKS = 20
_MIN_CHUNKS = 3
_SHORTEST_GAP_S = 0.02


@dataclass(frozen=True, slots=True)
class Pace:
    """How one reply is sent.

    Attributes:
        first_token_s: seconds before anything is sent.
        chunks: how many parts the rest is sent in; few, so that hundreds of streams cost little.
        gap_s: seconds before each part after the first.
    """

    first_token_s: float
    chunks: int
    gap_s: float

    @property
    def rest_s(self) -> float:
        """Seconds from the first token to the end of the reply."""
        return self.chunks * self.gap_s


def pace(speed: Speed, seed: int, call_key: str, try_number: int, output_tokens: int) -> Pace:
    """Return the pace of one reply; the same arguments give the same pace."""
    low, high = speed.first_token_ms
    first_token_s = (low + (high - low) * draw(seed, "first token", call_key, try_number)) / 1000
    duration_s = output_tokens / speed.tokens_per_s if speed.tokens_per_s else 0.0
    chunks = max(_MIN_CHUNKS, math.ceil(min(MAX_CHUNKS, duration_s / _SHORTEST_GAP_S)))
    return Pace(first_token_s, chunks, duration_s / chunks)
