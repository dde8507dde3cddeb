"""Which endpoint a call goes to: pure.

Calls that share a prefix stay where the prefix is cached; what is new goes where there is room. Rendezvous hashing
gives each key an order of endpoints that hardly changes when one comes or goes; weights say how often each is first.
"""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass

from swarm.llm.gate import Room

LONG_PROMPT_TOKENS = 32_000
"""Prompts of this length and more go to endpoints that are marked for long ones, where there are any."""

SPILL_S = 10.0
"""An endpoint that takes nothing for longer than this loses its calls to another, for whom the prefix is new."""

_FULL = 0.95
_LOAD_BOUND = 1.25


@dataclass(frozen=True, slots=True)
class Candidate:
    """An endpoint that serves the role.

    Attributes:
        name: its name.
        weight: its share of the calls.
        room: how it stands.
        context_tokens: the longest prompt it takes; unknown when ``None``.
        long_context: it is marked for long prompts.
        named: it is named for the role; who serves every role only stands in for those that are.
    """

    name: str
    weight: float
    room: Room
    context_tokens: int | None = None
    long_context: bool = False
    named: bool = True

    @property
    def usable(self) -> bool:
        """Whether a call would be sent soon."""
        return not self.room.refused and self.room.wait_s <= SPILL_S


def ordered(candidates: Sequence[Candidate], *, key: str, pinned: str, tokens: int) -> list[Candidate]:
    """Return the candidates in the order in which they should be asked.

    Args:
        candidates: who serves the role.
        key: calls with the same key share a prefix.
        pinned: who answered the last call with this key; empty when nobody did.
        tokens: the length of the prompt, by estimate.
    """
    fitting = [each for each in candidates if each.context_tokens is None or tokens <= _FULL * each.context_tokens]
    chosen = fitting or list(candidates)
    long = tokens >= LONG_PROMPT_TOKENS
    marked = any(each.long_context for each in chosen)
    bounds = _load_bounds(chosen)

    def rank(each: Candidate) -> tuple[bool, float, bool, bool, bool, bool, float]:
        return (
            each.room.refused,
            0.0 if each.usable else each.room.wait_s,
            not each.named,
            marked and each.long_context != long,
            each.name != pinned,
            each.room.load >= bounds[each.name],
            -_score(key, each),
        )

    return sorted(chosen, key=rank)


def _load_bounds(candidates: Sequence[Candidate]) -> dict[str, float]:
    """Return the load from which on each candidate gets no new keys: a quarter more than its share."""
    usable = [each for each in candidates if each.usable]
    load = sum(each.room.load for each in usable) + 1
    weight = sum(each.weight for each in usable) or 1.0
    return {each.name: math.ceil(_LOAD_BOUND * load * each.weight / weight) for each in candidates}


def _score(key: str, candidate: Candidate) -> float:
    """Return the candidate's score for a key; the highest one is first for a share of keys equal to its weight."""
    digest = hashlib.blake2b(f"{key}\0{candidate.name}".encode("utf-8", "surrogatepass"), digest_size=8).digest()
    uniform = (int.from_bytes(digest, "big") + 1) / (2**64 + 2)
    return candidate.weight / -math.log(uniform)
