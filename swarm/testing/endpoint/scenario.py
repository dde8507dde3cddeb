"""The scenario of a simulated endpoint: what its models answer, how fast, and what goes wrong.

A scenario is a plain value. :func:`swarm.testing.endpoint.loading.load_scenario` reads one from a file;
tests build one in Python::

    Scenario(answers=[Answer(subtask="parser-*", steps=[step("finish", summary="Done.")])])
"""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

FaultKind = Literal[
    "rate_limit",
    "server_error",
    "overloaded",
    "disconnect",
    "reset",
    "stall",
    "quota",
    "unauthorized",
    "not_found",
    "context_overflow",
    "empty",
    "malformed_arguments",
    "length",
    "content_filter",
    "rejected",
]

Share = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=0)]
Json = dict[str, Any]


class ScenarioModel(BaseModel):
    """Base of the scenario's parts: an unknown field is an error, and nothing changes after validation."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Speed(ScenarioModel):
    """How fast the endpoint answers. The default answers at once.

    Attributes:
        first_token_ms: bounds in milliseconds; each call draws uniformly between them, by the seed.
        tokens_per_s: pace of the rest of the reply; 0 means all at once.
        slots: requests that are answered at the same time, others queue; 0 means no limit.
    """

    first_token_ms: tuple[float, float] = (0.0, 0.0)
    tokens_per_s: Annotated[float, Field(ge=0)] = 0.0
    slots: Count = 0

    @model_validator(mode="after")
    def _bounds_in_order(self) -> Self:
        low, high = self.first_token_ms
        if not 0 <= low <= high:
            raise ValueError("first_token_ms must be [LOW, HIGH] with 0 <= LOW <= HIGH")
        return self


class Cache(ScenarioModel):
    """The prefix cache that the endpoint pretends to have.

    Attributes:
        block_tokens: only whole blocks of this many tokens are shared.
        capacity_tokens: what the cache holds before the least recently used blocks go; 0 means no cache.
        ttl_s: seconds after its last use that a block is forgotten; 0 means never.
    """

    block_tokens: Annotated[int, Field(ge=1)] = 64
    capacity_tokens: Count = 4_000_000
    ttl_s: Annotated[float, Field(ge=0)] = 0.0


class Features(ScenarioModel):
    """What the endpoint can do, so that a client's fallbacks can be tried.

    Attributes:
        tools: native tool calls.
        json_schema: ``response_format`` of type ``json_schema``.
        json_object: ``response_format`` of type ``json_object``.
        stream: streamed replies.
        usage: token counts in replies.
        cached_tokens: the number of cached tokens in the usage.
        reasoning_field: the name of the field that carries a reply's reasoning; empty means it is not sent.
        unsupported: refuse a request that asks for a missing feature with a 400, or ignore the wish.
    """

    tools: bool = True
    json_schema: bool = True
    json_object: bool = True
    stream: bool = True
    usage: bool = True
    cached_tokens: bool = True
    reasoning_field: str = "reasoning_content"
    unsupported: Literal["reject", "ignore"] = "reject"


class Fault(ScenarioModel):
    """Something that goes wrong for a share of the calls.

    Attributes:
        kind: what goes wrong.
        share: of the calls that match, chosen by the seed and the call's identity.
        times: how many tries of a chosen call go wrong; 0 means every one.
        subtask: a glob on the subtask's id.
        attempt: only this attempt at the subtask, counted from 1.
        after_calls: the fault begins after the endpoint has seen this many calls.
        until_calls: the last call, counted by the endpoint, that the fault may hit.
        retry_after_s: seconds in a ``Retry-After`` header of ``rate_limit``, ``server_error``, ``overloaded``.
        status: the status of ``server_error``.
        seconds: the silence of ``stall``.
    """

    kind: FaultKind
    share: Share = 1.0
    times: Count = 1
    subtask: str = "*"
    attempt: Annotated[int, Field(ge=1)] | None = None
    after_calls: Count = 0
    until_calls: Count | None = None
    retry_after_s: Annotated[float, Field(ge=0)] | None = None
    status: Literal[500, 502, 503, 504] = 500
    seconds: Annotated[float, Field(ge=0)] = 60.0

    @model_validator(mode="after")
    def _fields_fit_the_kind(self) -> Self:
        owners = {
            "retry_after_s": ("rate_limit", "server_error", "overloaded"),
            "status": ("server_error",),
            "seconds": ("stall",),
        }
        for field, kinds in owners.items():
            if field in self.model_fields_set and self.kind not in kinds:
                raise ValueError(f"{field} does not apply to {self.kind}; it belongs to {', '.join(kinds)}")
        return self


class ScriptedCall(BaseModel):
    """One tool call that the model makes. Every other field is an argument of the tool.

    Attributes:
        tool: the tool's name.
        content_from: a file whose text becomes the argument ``content``.
    """

    model_config = ConfigDict(extra="allow", frozen=True)

    tool: Annotated[str, Field(min_length=1)]
    content_from: str | None = None

    @property
    def arguments(self) -> Json:
        """The tool's arguments as written, before placeholders are replaced."""
        return dict(self.model_extra or {})


class ScriptedStep(BaseModel):
    """What the model answers to one call: tool calls, a plan, an object, or only text.

    With ``tool``, every field that is not named here is an argument of that tool.

    Attributes:
        tool: the name of the only tool that is called.
        content_from: a file whose text becomes the argument ``content`` of ``tool``.
        calls: several tool calls instead of one.
        text: what the model says, before its calls if it makes any.
        reasoning: what the model thinks.
        plan: a plan file, or the plan itself.
        json_content: written ``json`` in the file; an object that is the whole answer, as JSON text.
    """

    model_config = ConfigDict(extra="allow", frozen=True, validate_by_alias=True, validate_by_name=True)

    tool: Annotated[str, Field(min_length=1)] | None = None
    content_from: str | None = None
    calls: list[ScriptedCall] = Field(default_factory=list)
    text: str = ""
    reasoning: str = ""
    plan: str | Json | None = None
    json_content: Json | None = Field(default=None, alias="json")

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        chosen = [
            name
            for name, value in (
                ("tool", self.tool),
                ("calls", self.calls or None),
                ("plan", self.plan),
                ("json", self.json_content),
            )
            if value is not None
        ]
        if len(chosen) > 1:
            raise ValueError(f"{' and '.join(chosen)} cannot be in one step; choose one")
        if not chosen and not self.text:
            raise ValueError("a step needs one of: tool, calls, plan, json, text")
        stray = sorted(self.model_extra or {}) + (["content_from"] if self.content_from is not None else [])
        if self.tool is None and stray:
            raise ValueError(f"{', '.join(stray)}: arguments need a tool in the same step")
        return self

    def tool_calls(self) -> list[ScriptedCall]:
        """The step's tool calls in order, however they were written."""
        if self.tool is None:
            return self.calls
        return [ScriptedCall(tool=self.tool, content_from=self.content_from, **(self.model_extra or {}))]


def step(
    tool: str | None = None,
    *,
    text: str = "",
    reasoning: str = "",
    calls: list[ScriptedCall] | None = None,
    plan: str | Json | None = None,
    json: Json | None = None,
    content_from: str | None = None,
    **arguments: Any,
) -> ScriptedStep:
    """Build a step as one line: ``step("write_file", path="a.py", content="...")``.

    Raises:
        pydantic.ValidationError: the step says nothing, or two things that exclude each other.
    """
    fields: Json = {"text": text, "reasoning": reasoning, "calls": calls or [], "plan": plan, "json": json}
    return ScriptedStep.model_validate({"tool": tool, "content_from": content_from, **fields, **arguments})


class Answer(ScenarioModel):
    """What the model answers for some subtasks. The first answer of a scenario that matches is taken.

    Attributes:
        subtask: a glob on the subtask's id.
        share: only this share of the matching subtasks, chosen by the seed and the id; others fall through.
        attempt: only this attempt at the subtask, counted from 1.
        steps: the n-th answers the n-th call of an attempt; the last one repeats.
    """

    subtask: str = "*"
    share: Share | None = None
    attempt: Annotated[int, Field(ge=1)] | None = None
    steps: Annotated[list[ScriptedStep], Field(min_length=1)]


class Scenario(ScenarioModel):
    """Everything that a simulated endpoint does, as a value.

    Attributes:
        seed: the same seed gives the same answers, delays and faults.
        models: the names that the endpoint serves.
        api_key: the key that every request must bring; none means that any request is served.
        context_tokens: longer prompts are refused as too long; 0 means no limit.
        plan: the name of a plan file; gives the placeholders ``{title}``, ``{file}`` and ``{check}`` their values.
        files: texts by name, for ``plan`` and ``content_from``; a scenario file's are read from disk.
        speed: how fast the endpoint answers.
        cache: its prefix cache.
        features: what it can do.
        faults: what goes wrong; the first that applies is taken.
        answers: what its models say; the first that matches is taken.
    """

    seed: int = 0
    models: Annotated[list[str], Field(min_length=1)] = ["sim"]
    api_key: str | None = Field(default=None, repr=False)
    context_tokens: Count = 0
    plan: str | None = None
    files: dict[str, str] = Field(default_factory=dict, repr=False)
    speed: Speed = Speed()
    cache: Cache = Cache()
    features: Features = Features()
    faults: list[Fault] = Field(default_factory=list)
    answers: list[Answer] = Field(default_factory=list)
