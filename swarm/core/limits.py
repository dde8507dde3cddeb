"""What a run may use (:class:`Limits`), what a call may take and what calls took (:class:`Spent`)."""

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


def _as_tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


class StuckLimits(BaseModel):
    """From when on an agent counts as stuck, and a run as running away.

    Attributes:
        repetitions: steps in a row with the same calls and the same results.
        failures: such steps whose calls all failed.
        alternations: steps in a row that go to and fro between two.
        steps_without_news: steps in a row without a file or an output that the attempt had not seen before.
        polling: commands and names of tools that may be repeated, as patterns like ``make status*``; ``sleep`` and
            ``wait`` always may.
        spend_factor: the run pauses when agents take so many times as many tokens as ever before, for five minutes.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    repetitions: int = Field(default=4, ge=2, le=16)
    failures: int = Field(default=3, ge=2, le=16)
    alternations: int = Field(default=6, ge=4, le=32)
    steps_without_news: int = Field(default=12, ge=2, le=64)
    polling: Annotated[tuple[str, ...], BeforeValidator(_as_tuple)] = ()
    spend_factor: float = Field(default=3.0, gt=1, allow_inf_nan=False)


class RoleLimits(BaseModel):
    """What all attempts of one role may use together, with the units of :class:`Limits`. ``None`` means no limit.

    Attributes:
        max_time_s: what its attempts took, each from its start to its end, added up.
        workers: attempts at its subtasks that may run at the same time.
        stronger: the role that carries a subtask out once when agents of this one are stuck; where nothing is said,
            ``strong``, if a model is named for it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_tokens: int | None = Field(default=None, ge=1)
    max_cost_usd: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    max_calls: int | None = Field(default=None, ge=1)
    max_time_s: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    workers: int | None = Field(default=None, ge=1, le=10_000)
    stronger: str = Field(default="", pattern=r"^([a-z][a-z0-9_-]{0,31})?$")


class Limits(BaseModel):
    """What a run may use. ``None`` means no limit.

    Attributes:
        workers: attempts that may run at the same time.
        max_tokens: input plus output tokens of the whole run.
        max_time_s: time during which the run was driven, in seconds; pauses do not count.
        max_cost_usd: what the model calls of the whole run may cost, in US dollars.
        max_calls: model calls of the whole run.
        max_subtask_tokens: input plus output tokens of all attempts at one subtask.
        max_subtask_cost_usd: what all attempts at one subtask may cost, in US dollars.
        max_subtask_calls: model calls of all attempts at one subtask.
        max_subtask_time_s: what all attempts at one subtask may take, each from its start to its end, in seconds.
        roles: what single roles may use, by their names.
        max_attempts: attempts at one subtask.
        max_conflicts: how often its work may conflict with what others have merged before that counts as an attempt.
        max_handins: hand-ins that one attempt may make before it counts as failed.
        max_steps: steps (model calls) of one attempt.
        max_output_tokens: tokens of one reply; the endpoint's own limit when ``None``.
        max_subtasks: subtasks of the plan, all expansions included.
        max_depth: how many expansions may be nested.
        max_replans: how often one planner is asked again because its plan did not work out.
        max_repairs: rounds of repair when the run's checks fail on the merged branch.
        check_every: merges after which the run's checks run on the branch while the run goes on; 0: at the end only.
        check_timeout_s: seconds one check may take.
        hedge: how many times as long as usual an attempt may take before another one begins beside it, where the
            longest chain waits for it; never when ``None``.
        hedge_samples: accepted attempts at such work that tell what is usual.
        max_hedges: such second attempts of the whole run; a subtask has one at most.
        stuck: from when on an agent counts as stuck.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    workers: int = Field(default=16, ge=1, le=10_000)
    max_tokens: int | None = Field(default=None, ge=1)
    max_time_s: float | None = Field(default=None, gt=0)
    max_cost_usd: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    max_calls: int | None = Field(default=None, ge=1)
    max_subtask_tokens: int | None = Field(default=None, ge=1)
    max_subtask_cost_usd: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    max_subtask_calls: int | None = Field(default=None, ge=1)
    max_subtask_time_s: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    roles: dict[str, RoleLimits] = Field(default_factory=dict)
    max_attempts: int = Field(default=3, ge=1, le=100)
    max_conflicts: int = Field(default=16, ge=0, le=1_000)
    max_handins: int = Field(default=3, ge=1, le=100)
    max_steps: int = Field(default=60, ge=1, le=10_000)
    max_output_tokens: int | None = Field(default=None, ge=16)
    max_subtasks: int = Field(default=5_000, ge=1, le=200_000)
    max_depth: int = Field(default=4, ge=0, le=32)
    max_replans: int = Field(default=2, ge=0, le=100)
    max_repairs: int = Field(default=2, ge=0, le=20)
    check_every: int = Field(default=10, ge=0)
    check_timeout_s: float = Field(default=600.0, gt=0)
    hedge: float | None = Field(default=None, ge=1, le=1_000, allow_inf_nan=False)
    hedge_samples: int = Field(default=5, ge=1, le=1_000)
    max_hedges: int = Field(default=16, ge=0, le=10_000)
    stuck: StuckLimits = StuckLimits()

    @property
    def caps_subtasks(self) -> bool:
        """Whether anything limits what the attempts at one subtask may use."""
        caps = (self.max_subtask_tokens, self.max_subtask_cost_usd, self.max_subtask_calls, self.max_subtask_time_s)
        return caps != (None, None, None, None)


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens that one or more model calls used.

    Attributes:
        input_tokens: all input tokens, cached ones included.
        cached_tokens: the part of ``input_tokens`` that a prefix cache served.
        output_tokens: all output tokens, reasoning included.
        reasoning_tokens: the part of ``output_tokens`` spent on reasoning.
        estimated: the server reported no usage and the figures are our estimate.
    """

    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    reasoning_tokens: int = 0
    estimated: bool = False

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            self.input_tokens + other.input_tokens,
            self.cached_tokens + other.cached_tokens,
            self.output_tokens + other.output_tokens,
            self.reasoning_tokens + other.reasoning_tokens,
            self.estimated or other.estimated,
        )

    @property
    def total_tokens(self) -> int:
        """Input plus output tokens."""
        return self.input_tokens + self.output_tokens

    def __sub__(self, other: "Usage") -> "Usage":
        return Usage(
            self.input_tokens - other.input_tokens,
            self.cached_tokens - other.cached_tokens,
            self.output_tokens - other.output_tokens,
            self.reasoning_tokens - other.reasoning_tokens,
            self.estimated,
        )


@dataclass(frozen=True, slots=True)
class Spent:
    """What model calls took: calls answered, requests sent, tokens, and money where prices are known."""

    calls: int = 0
    tries: int = 0
    usage: Usage = Usage()
    priced_usd: float = 0.0
    unpriced_calls: int = 0

    def __add__(self, other: "Spent") -> "Spent":
        return Spent(
            self.calls + other.calls,
            self.tries + other.tries,
            self.usage + other.usage,
            self.priced_usd + other.priced_usd,
            self.unpriced_calls + other.unpriced_calls,
        )

    def with_reply(self, usage: Usage, tries: int, cost_usd: float | None) -> "Spent":
        """Return what was spent with one reply more: the sum, without an object for what is added."""
        return Spent(
            self.calls + 1,
            self.tries + tries,
            usage if self is NOTHING else self.usage + usage,
            self.priced_usd + (cost_usd or 0.0),
            self.unpriced_calls + (cost_usd is None),
        )

    def __sub__(self, other: "Spent") -> "Spent":
        return Spent(
            self.calls - other.calls,
            self.tries - other.tries,
            self.usage - other.usage,
            self.priced_usd - other.priced_usd,
            self.unpriced_calls - other.unpriced_calls,
        )

    @property
    def cost_usd(self) -> float | None:
        """The cost in US dollars, ``None`` when a call has no price."""
        return None if self.unpriced_calls else self.priced_usd


NOTHING = Spent()
"""What is spent before anything is: one object, so that it is told by identity."""


@dataclass(frozen=True, slots=True)
class Reservation:
    """What a model call that is about to be made may take.

    Attributes:
        input_tokens: tokens of the prompt, by estimate.
        output_tokens: the most tokens of the reply; 0 where no budget limits them.
        cost_usd: the most that the call can cost, in US dollars; ``None`` without a price.
        lost_output_tokens: tokens that are booked for the reply when nobody learns what came of the call.
        lost_usd: the dollars that are booked then.
    """

    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float | None = None
    lost_output_tokens: int = 0
    lost_usd: float = 0.0

    @property
    def tokens(self) -> int:
        """The most tokens that the call takes."""
        return self.input_tokens + self.output_tokens

    @property
    def lost(self) -> Spent:
        """What is booked, as an estimate, for a request that was sent and of which nothing more is known."""
        usage = Usage(self.input_tokens, 0, self.lost_output_tokens, estimated=True)
        return Spent(tries=1, usage=usage, priced_usd=self.lost_usd)
