"""How long a prompt is, before a server has counted it: pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from swarm.core.compaction import size_of
from swarm.core.messages import Message
from swarm.protocols import ModelRequest

_CHARACTERS_PER_TOKEN = 4.0
_TOOL_CHARACTERS = 400
_NEWEST_SHARE = 0.2
_PLAUSIBLE = (0.5, 16.0)


def characters_of(request: ModelRequest) -> int:
    """Return about how many characters a request's prompt has, its tools included."""
    return len(request.tools) * _TOOL_CHARACTERS + (request.characters or size_of(request.messages))


class GrowingSize:
    """Counts the characters of a conversation that mostly grows, each message once.

    Its last message may still change; of those before it the caller says when they do, with :meth:`forget`.
    """

    def __init__(self) -> None:
        self._messages = self._characters = 0

    def of(self, messages: Sequence[Message]) -> int:
        """Return the characters of all messages."""
        settled = max(len(messages) - 1, 0)
        if settled < self._messages:
            self.forget()
        self._characters += size_of(messages[self._messages : settled])
        self._messages = settled
        return self._characters + size_of(messages[settled:])

    def forget(self) -> None:
        """Count all of it again."""
        self._messages = self._characters = 0


def estimated_tokens(request: ModelRequest) -> int:
    """Return about how many tokens a request's prompt has, for a model of which nothing is known."""
    return int(characters_of(request) / _CHARACTERS_PER_TOKEN)


@dataclass(slots=True)
class TokenGauge:
    """Learns from what a server counts how many characters a token of one model has.

    Attributes:
        ratio: characters a token, a moving average; four before the first reply.
        replies: how many replies it has learned from.
    """

    ratio: float = _CHARACTERS_PER_TOKEN
    replies: int = 0

    def tokens(self, request: ModelRequest) -> int:
        """Return about how many tokens a request's prompt has."""
        return int(characters_of(request) / self.ratio)

    def learn(self, request: ModelRequest, input_tokens: int) -> None:
        """Take in what the server counted; counts that cannot be meant are passed over."""
        if input_tokens <= 0:
            return
        seen = characters_of(request) / input_tokens
        if not _PLAUSIBLE[0] <= seen <= _PLAUSIBLE[1]:
            return
        self.ratio = seen if not self.replies else self.ratio + (seen - self.ratio) * _NEWEST_SHARE
        self.replies += 1

    def overflows(self, request: ModelRequest, window: int) -> bool:
        """Whether a prompt and its reply will not fit into a window of so many tokens.

        Before the first reply only what is far too long counts, because the estimate is only a guess.
        """
        prompt = self.tokens(request)
        return prompt + (request.max_output_tokens or 0) > window if self.replies else prompt > window * 2
