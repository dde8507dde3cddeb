"""Faults that only this package tells apart: how often a call that met one is worth making again depends on them."""

from swarm.core.messages import Reply
from swarm.errors import EndpointUnavailable, ReplyIncomplete, ReplyInvalid


class NoOutput(EndpointUnavailable):
    """The model had not begun to answer when its time was up: a second wait is as long as the first."""


class WebPage(ReplyInvalid):
    """A web page where a reply should be: a proxy's, which passes, or no endpoint at all."""


class ReplyEmpty(ReplyIncomplete):
    """The reply ended in order and held nothing.

    Args:
        message: one sentence.
        reply: the empty reply, for whom asking again does not help.
    """

    def __init__(self, message: str, reply: Reply) -> None:
        super().__init__(message)
        self.reply = reply
