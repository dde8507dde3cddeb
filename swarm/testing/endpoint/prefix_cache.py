"""A model of a server's prefix cache: whole blocks, least recently used first out.

Time is an argument. A prompt is looked up when its request is taken up and stored when its first token is
out, so requests that share a prefix and arrive together do not help one another, as on a real server.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Iterator

from swarm.testing.endpoint.request import BYTES_PER_TOKEN
from swarm.testing.endpoint.scenario import Cache


class PrefixCache:
    """What one endpoint remembers of the prompts that it has read."""

    def __init__(self, settings: Cache) -> None:
        self._block_tokens = settings.block_tokens
        self._capacity_blocks = settings.capacity_tokens // settings.block_tokens
        self._ttl_s = settings.ttl_s
        self._last_use: OrderedDict[bytes, float] = OrderedDict()

    @property
    def tokens(self) -> int:
        """How many tokens the cache holds."""
        return len(self._last_use) * self._block_tokens

    def lookup(self, model: str, prompt: bytes, now: float) -> int:
        """Return how many tokens at the start of the prompt are cached, and mark them as used.

        Args:
            model: prompts of different models share nothing.
            prompt: the prompt's bytes.
            now: seconds on any clock that does not go backwards.
        """
        if not self._capacity_blocks:
            return 0
        found: list[bytes] = []
        for block in self._blocks(model, prompt):
            last_use = self._last_use.get(block)
            if last_use is None or (self._ttl_s and now - last_use > self._ttl_s):
                break
            found.append(block)
        self._touch(found, now)
        return len(found) * self._block_tokens

    def store(self, model: str, prompt: bytes, now: float) -> None:
        """Remember the prompt's whole blocks; the least recently used ones make room.

        Args:
            model: the model that read the prompt.
            prompt: the prompt's bytes.
            now: seconds on the clock that lookups use.
        """
        blocks = [block for _, block in zip(range(self._capacity_blocks), self._blocks(model, prompt), strict=False)]
        self._touch(blocks, now)
        while len(self._last_use) > self._capacity_blocks:
            self._last_use.popitem(last=False)

    def _touch(self, blocks: list[bytes], now: float) -> None:
        # Deepest first: a block is useless without those before it, so it has to leave before them.
        for block in reversed(blocks):
            self._last_use[block] = now
            self._last_use.move_to_end(block)

    def _blocks(self, model: str, prompt: bytes) -> Iterator[bytes]:
        """Yield a digest for each whole block, which stands for the block and everything before it."""
        size = self._block_tokens * BYTES_PER_TOKEN
        digest = hashlib.blake2b(model.encode(), digest_size=16).digest()
        for start in range(0, len(prompt) - size + 1, size):
            digest = hashlib.blake2b(digest + prompt[start : start + size], digest_size=16).digest()
            yield digest
