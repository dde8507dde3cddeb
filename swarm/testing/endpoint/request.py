"""What a client asks: a chat request is validated, and read for the subtask that it is about."""

import hashlib
import math
import re
from dataclasses import dataclass
from typing import Any, Literal

import pydantic_core
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from swarm.testing.endpoint.scenario import Features, Scenario

BYTES_PER_TOKEN = 4
_SUBTASK_LINE = re.compile(r"^# Subtask: *(\S+) *\r?$", re.MULTILINE)
_ATTEMPT_LINE = re.compile(r"^# Attempt: *(\d{1,9}) *\r?$", re.MULTILINE)
_SUMMARISED_LINE = re.compile(r"^# Replies summarised: (\d{1,6})$", re.MULTILINE)


class Refused(Exception):
    """The endpoint answers with an OpenAI-shaped error.

    Args:
        status: the HTTP status.
        message: what is wrong, naming the field where there is one.
        kind: the error's ``type``.
        code: the error's ``code``.
        param: the request's field that is wrong.
        headers: more headers of the reply.
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        headers: tuple[tuple[str, str], ...] = (),
    ) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers
        self.body = {"error": {"message": message, "type": kind, "param": param, "code": code}}


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore")

    type: str
    text: str = ""


class _Function(BaseModel):
    model_config = ConfigDict(extra="ignore")

    name: str = Field(min_length=1)
    arguments: str = ""


class _Call(BaseModel):
    model_config = ConfigDict(extra="ignore")

    id: str
    function: _Function


class _Message(BaseModel):
    model_config = ConfigDict(extra="ignore")

    role: Literal["system", "developer", "user", "assistant", "tool"]
    content: str | list[_Part] | None = None
    tool_calls: list[_Call] | None = None
    tool_call_id: str | None = None

    @property
    def text(self) -> str:
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content)
        return self.content or ""


class _ToolFunction(BaseModel):
    model_config = ConfigDict(extra="ignore")

    name: str = Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")
    parameters: dict[str, Any] = Field(default_factory=dict)


class _Tool(BaseModel):
    model_config = ConfigDict(extra="ignore")

    type: Literal["function"]
    function: _ToolFunction


class _ResponseFormat(BaseModel):
    model_config = ConfigDict(extra="ignore")

    type: Literal["text", "json_object", "json_schema"]
    json_schema: dict[str, Any] | None = None


class _StreamOptions(BaseModel):
    model_config = ConfigDict(extra="ignore")

    include_usage: bool = False


class _Request(BaseModel):
    model_config = ConfigDict(extra="ignore")

    model: str
    messages: list[_Message] = Field(min_length=1)
    stream: bool = False
    stream_options: _StreamOptions | None = None
    tools: list[_Tool] | None = None
    tool_choice: str | dict[str, Any] | None = None
    response_format: _ResponseFormat | None = None


@dataclass(frozen=True, slots=True)
class CallIdentity:
    """Which call of a scenario is asked for.

    Attributes:
        subtask: the subtask's id; empty when the request names none.
        attempt: the attempt, counted from 1.
        step: how many of the model's replies the request holds.
        digest: a digest of the request's messages.
    """

    subtask: str
    attempt: int
    step: int
    digest: str

    @property
    def key(self) -> str:
        """What a retry of the same call shares with it."""
        if not self.subtask:
            return f"digest {self.digest}"
        return f"{self.subtask} {self.attempt} {self.step}"


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """A valid request for a chat completion.

    Attributes:
        identity: which call it is.
        model: the model's name.
        tools: the names of the tools that may be called; empty when none may be.
        wants_json: the content must be a JSON text.
        stream: the reply is streamed.
        include_usage: a streamed reply ends with the token counts.
        prompt: what a prefix cache sees: tools first, then the messages.
    """

    identity: CallIdentity
    model: str
    tools: frozenset[str]
    wants_json: bool
    stream: bool
    include_usage: bool
    prompt: bytes

    @property
    def input_tokens(self) -> int:
        """The estimated length of the prompt."""
        return estimate_tokens(self.prompt)


def estimate_tokens(text: bytes) -> int:
    """Return the number of tokens that this many bytes are taken for."""
    return math.ceil(len(text) / BYTES_PER_TOKEN)


def parse_chat_request(body: bytes, scenario: Scenario) -> ChatRequest:
    """Validate the body of a request for a chat completion.

    Raises:
        Refused: the body is no valid request, or asks for what the scenario does not offer.
    """
    raw = _json_object(body)
    try:
        request = _Request.model_validate(raw, strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise Refused(400, f"{place}: {first['msg']}", param=place) from None
    if request.model not in scenario.models:
        served = ", ".join(scenario.models)
        raise Refused(
            404,
            f"The model {request.model[:100]!r} does not exist; this endpoint serves {served}.",
            code="model_not_found",
            param="model",
        )
    _check_tool_results(request.messages)
    chat = _read(request, raw, scenario.features)
    _check_length(chat, scenario.context_tokens)
    return chat


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        raw = pydantic_core.from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise Refused(400, f"The body is not valid JSON: {error}", code="invalid_json") from None
    if not isinstance(raw, dict):
        raise Refused(400, "The body must be a JSON object.", code="invalid_json")
    return raw


def _check_tool_results(messages: list[_Message]) -> None:
    """Refuse what real servers refuse: a tool call without its result, or a result without its call."""
    open_calls: dict[str, str] = {}
    for index, message in enumerate(messages):
        if message.role == "tool":
            if message.tool_call_id is None or open_calls.pop(message.tool_call_id, None) is None:
                place = f"messages.{index}.tool_call_id"
                raise Refused(400, f"{place}: no tool call before it waits for this result", param=place)
            continue
        if open_calls:
            break
        if message.role == "assistant":
            for number, call in enumerate(message.tool_calls or []):
                open_calls[call.id] = f"messages.{index}.tool_calls.{number}"
    if open_calls:
        place = next(iter(open_calls.values()))
        raise Refused(400, f"{place}: the tool call has no result right after it", param=place)


def _read(request: _Request, raw: dict[str, Any], features: Features) -> ChatRequest:
    wishes = _Wishes(request, features)
    tools = request.tools or [] if wishes.granted("tools", bool(request.tools)) else []
    wanted_format = request.response_format.type if request.response_format is not None else "text"
    wants_json = any(
        wishes.granted(kind, wanted_format == kind, "response_format") for kind in ("json_schema", "json_object")
    )
    return ChatRequest(
        identity=_identify(request.messages, raw),
        model=request.model,
        tools=frozenset(tool.function.name for tool in tools) if request.tool_choice != "none" else frozenset(),
        wants_json=wants_json,
        stream=wishes.granted("stream", request.stream),
        include_usage=features.usage and request.stream_options is not None and request.stream_options.include_usage,
        prompt=pydantic_core.to_json([raw.get("tools") or [], raw["messages"]]),
    )


@dataclass(frozen=True, slots=True)
class _Wishes:
    """Grants what the endpoint can do; refuses or ignores the rest."""

    request: _Request
    features: Features

    def granted(self, feature: str, wanted: bool, field: str = "") -> bool:
        offered = bool(getattr(self.features, feature))
        if wanted and not offered and self.features.unsupported == "reject":
            place = field or feature
            raise Refused(
                400, f"{place}: this endpoint does not support {feature}", code="unsupported_parameter", param=place
            )
        return wanted and offered


def _identify(messages: list[_Message], raw: dict[str, Any]) -> CallIdentity:
    replies = sum(message.role == "assistant" for message in messages)
    opening: list[str] = []
    for message in messages:
        if message.role == "assistant":
            break
        opening.append(message.text)
    text = "\n".join(opening)
    subtasks = _SUBTASK_LINE.findall(text)
    attempts = _ATTEMPT_LINE.findall(text)
    # A conversation that was made shorter says in its summary how many replies are gone.
    summarised = sum(int(count) for count in _SUMMARISED_LINE.findall(text)[-1:])
    digest = hashlib.blake2b(pydantic_core.to_json(raw["messages"]), digest_size=16).hexdigest()
    return CallIdentity(
        subtask=subtasks[-1][:200] if subtasks else "",
        attempt=max(1, int(attempts[-1])) if attempts else 1,
        step=replies + summarised,
        digest=digest,
    )


def _check_length(chat: ChatRequest, context_tokens: int) -> None:
    if context_tokens and chat.input_tokens > context_tokens:
        raise context_overflow(context_tokens, chat.input_tokens)


def context_overflow(limit: int, tokens: int) -> Refused:
    """Return the reply to a prompt that is too long."""
    return Refused(
        400,
        f"This model's maximum context length is {limit} tokens. However, your messages resulted in {tokens} tokens.",
        code="context_length_exceeded",
        param="messages",
    )
