"""A reply put together from the chunks of a stream, or taken from one completion object: pure."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from swarm.core.limits import Usage
from swarm.core.messages import Reply, ToolCall
from swarm.errors import ReplyIncomplete, ReplyInvalid
from swarm.llm.call_assembly import CallAssembly, made_up_id
from swarm.llm.faults import Complaint, complaint_in_stream
from swarm.llm.passing import ReplyEmpty
from swarm.llm.plain_reply import BROKEN_OFF, characters_of, plain_reply
from swarm.llm.recurring import RecurringEvent
from swarm.llm.text_calls import find_printed_calls
from swarm.llm.usage import read_usage, usage_of

_REASONING_FIELDS = ("reasoning_content", "reasoning")
_OPENING = re.compile(r"<(think|thinking)>")
_CLOSING_LINE = re.compile(r"^</(think|thinking)>[ \t]*$", re.MULTILINE)


class ReplyAssembler:
    """Collects one reply.

    Args:
        tools: names of the tools that were offered; a call of one of them printed as text counts as a call.
        request_bytes: the size of the request, for the estimate when no usage is reported.
    """

    __slots__ = (
        "_calls",
        "_content",
        "_ended",
        "_finish_reason",
        "_id",
        "_model",
        "_plain",
        "_reasoning",
        "_request_bytes",
        "_tools",
        "_usage",
    )

    def __init__(self, *, tools: Collection[str] = (), request_bytes: int = 0) -> None:
        self._tools = tools
        self._request_bytes = request_bytes
        self._content: list[str] = []
        self._reasoning: dict[str, list[str]] = {}
        self._calls = CallAssembly()
        self._finish_reason = ""
        self._usage: object = None
        self._id = ""
        self._model = ""
        self._ended = False
        self._plain: Reply | None = None

    @property
    def has_output(self) -> bool:
        """Whether the model has said anything yet."""
        return bool(self._plain or self._content or self._calls or any(self._reasoning.values()))

    @property
    def finished(self) -> bool:
        """Whether the model has ended its turn; usage may still follow."""
        return self._ended or bool(self._finish_reason)

    @property
    def output_characters(self) -> int:
        """How much the model has said: text, reasoning and arguments."""
        if self._plain is not None:
            return len(self._plain.content) + characters_of(self._plain.tool_calls)
        said = sum(map(len, self._content)) + sum(len(text) for texts in self._reasoning.values() for text in texts)
        return said + self._calls.argument_bytes

    @property
    def reported_usage(self) -> object:
        """The usage object as the server sent it; ``None`` when it sent none."""
        return self._usage

    def end(self) -> None:
        """Note the stream's own end mark (``[DONE]``)."""
        self._ended = True

    def take_whole(self, completion: object) -> None:
        """Take a completion that came as one body, decoded. Raises like :meth:`feed`."""
        if isinstance(completion, dict):
            self._usage = usage_of(completion)
            self._plain = plain_reply(completion, self._usage, request_bytes=self._request_bytes)
        if self._plain is None:
            self.feed(completion)
        self._ended = True

    def feed(self, chunk: object) -> None:
        """Take one decoded chunk.

        Raises:
            Complaint: the chunk is an error.
            ReplyInvalid: the chunk is not an object, or a limit is passed.
        """
        if not isinstance(chunk, dict):
            raise ReplyInvalid("the reply holds an event that is not an object")
        document = complaint_in_stream(chunk)
        if document is not None:
            raise Complaint(document)
        self._id = self._id or _text(chunk.get("id"))
        self._model = self._model or _text(chunk.get("model"))
        usage = usage_of(chunk)
        self._usage = self._usage if usage is None else usage
        choices = chunk.get("choices")
        if isinstance(choices, list):
            self._add_choices(choices)

    def feed_recurring(self, event: RecurringEvent, texts: Sequence[str]) -> None:
        """Take events that repeat one that was taken, but for these texts. Raises ReplyInvalid at a limit."""
        if event.field == "arguments":
            for chunk in event.chunks(texts):
                self._add_choices(chunk["choices"])
        else:
            pieces = self._content if event.field == "content" else self._reasoning.setdefault(event.field, [])
            pieces.extend(filter(None, texts))

    def finish(self) -> Reply:
        """Return the reply.

        Raises:
            ReplyEmpty: it ended in order, but says nothing, not even why it ended.
            ReplyIncomplete: it broke off before its end.
        """
        if self._plain is not None:
            return self._plain
        if not self.finished:
            raise ReplyIncomplete("the reply broke off before its end")
        if self._finish_reason in BROKEN_OFF:
            raise ReplyIncomplete(f"the server gave the reply up ({self._finish_reason})")
        if not self._finish_reason and not self.has_output:
            empty = Reply(finish_reason="stop", model=self._model, usage=self._read_usage(0))
            raise ReplyEmpty("the reply ended without saying anything", empty)
        if not self._finish_reason and not self._calls.are_whole:
            # Some gateways put an end mark under a reply that broke off.
            raise ReplyIncomplete("the reply ended within a tool call")
        calls = self._calls.finish(self._id)
        field, reasoning = self._reasoning_said()
        content = "".join(self._content)
        output_bytes = len(content) + len(reasoning) + self._calls.argument_bytes
        if not reasoning:
            reasoning, content = split_thinking(content)
        finish_reason = self._finish_reason or ("tool_calls" if calls else "stop")
        if not calls and self._tools:
            content, calls = self._printed_calls(content)
        return Reply(
            content=content,
            reasoning=reasoning,
            reasoning_field=field,
            tool_calls=calls,
            finish_reason=finish_reason,
            model=self._model,
            usage=self._read_usage(output_bytes),
        )

    def _read_usage(self, output_bytes: int) -> Usage:
        return read_usage(self._usage, request_bytes=self._request_bytes, output_bytes=output_bytes)

    def _add_choices(self, choices: Sequence[Any]) -> None:
        for choice in choices:
            if isinstance(choice, dict) and not choice.get("index"):
                self._add_choice(choice)

    def _add_choice(self, choice: Mapping[str, Any]) -> None:
        delta = choice.get("delta") or choice.get("message")
        if isinstance(delta, dict):
            self._add_delta(delta)
        elif isinstance(choice.get("text"), str):
            raise ReplyInvalid("the reply is a text completion, not a chat completion")
        reason = choice.get("finish_reason")
        if isinstance(reason, dict):
            reason = reason.get("type")
        if isinstance(reason, str):
            self._finish_reason = reason

    def _add_delta(self, delta: Mapping[str, Any]) -> None:
        content = delta.get("content")
        if content:
            self._content.extend((content,) if isinstance(content, str) else _texts(content))
        for field in _REASONING_FIELDS:
            thought = delta.get(field)
            if isinstance(thought, str):
                pieces = self._reasoning.setdefault(field, [])
                if thought:
                    pieces.append(thought)
        calls = delta.get("tool_calls")
        for call in calls if isinstance(calls, list) else ():
            if isinstance(call, dict):
                self._calls.add(call)

    def _reasoning_said(self) -> tuple[str, str]:
        """Return the reasoning and its field: the one that held text, else one that was sent empty."""
        said = [field for field in _REASONING_FIELDS if self._reasoning.get(field)]
        seen = [field for field in _REASONING_FIELDS if field in self._reasoning]
        field = (said or seen or [""])[0]
        return field, "".join(self._reasoning.get(field, ()))

    def _printed_calls(self, content: str) -> tuple[str, tuple[ToolCall, ...]]:
        printed, rest = find_printed_calls(content, self._tools)
        calls = tuple(
            ToolCall(made_up_id(self._id, position, call.name, call.arguments), call.name, call.arguments)
            for position, call in enumerate(printed)
        )
        return (rest, calls) if calls else (content, ())


def split_thinking(content: str) -> tuple[str, str]:
    """Return the thinking that a text opens with, in ``<think>`` tags, and the rest.

    Thinking that never ends took up the whole reply: nothing is left for the content. Where the chat template has
    written the opening tag already, only the closing one is there, on a line of its own.
    """
    body = content.lstrip()
    opened = _OPENING.match(body)
    if opened is None:
        closed = None if body.startswith("{") else _CLOSING_LINE.search(body)
        if closed is None or _OPENING.search(body):
            return "", content
        return body[: closed.start()], body[closed.end() :].lstrip()
    thinking, _, rest = body[opened.end() :].partition(f"</{opened[1]}>")
    return thinking, rest.lstrip()


def _texts(content: object) -> list[str]:
    """Return the texts of a content that is a list of parts."""
    if not isinstance(content, list):
        return []
    texts = [part.get("text") for part in content if isinstance(part, dict)]
    return [text for text in texts if isinstance(text, str) and text]


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
