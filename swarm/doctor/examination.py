"""The questions that are put to a model at an endpoint; what the answers mean is decided elsewhere."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from swarm.core.messages import Message, Role
from swarm.errors import EndpointError, RateLimited
from swarm.llm.dialects import Dialect
from swarm.llm.endpoint import Endpoint
from swarm.llm.families import family_of_server
from swarm.llm.probe import ServerDescription, describe_server, with_details
from swarm.llm.probe_exchange import Observation, Prober, Spending, ask_together
from swarm.llm.probe_tools import LONG_REPLY, SHORT_REPLY, question, try_native_calls
from swarm.protocols import ModelRequest

Say = Callable[[str], None]

COLOURS = ("teal", "mauve")
SCHEMA = {
    "title": "Choice",
    "type": "object",
    "properties": {"colour": {"type": "string", "enum": list(COLOURS)}},
    "required": ["colour"],
    "additionalProperties": False,
}
UNKNOWN_MODEL = "swarm-doctor-asks-for-a-model-that-does-not-exist"
_QUESTIONS = 12
_LEARNT = 12  # refusals that may be learnt from, each of which costs a request
_SHORT_REPLY = 8
_WORDS_A_TOKEN = 0.75


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of the trial of many calls at once: how many, how many were refused or failed, and how long it took."""

    calls: int
    refused: int
    failed: int
    seconds: float
    first_token_s: float


@dataclass(slots=True)
class Examination:
    """All that was seen of one model at one endpoint.

    Attributes:
        endpoint: who was asked.
        model: the model's name there.
        server: what the server says of itself.
        dialect: what is left of the dialect after the refusals.
        seen: what came of each question, by its name.
        native: what came of the trials with native tool calls.
        ladder: the trial of many calls at once.
        spent: what it cost.
        fatal: why nothing more was asked; ``None`` when all was.
    """

    endpoint: Endpoint
    model: str
    server: ServerDescription
    dialect: Dialect
    seen: dict[str, Observation] = field(default_factory=dict)
    native: list[Observation] = field(default_factory=list)
    ladder: list[Rung] = field(default_factory=list)
    spent: Spending = field(default_factory=Spending)
    fatal: EndpointError | None = None


def most_requests(concurrency: int) -> int:
    """Return how many requests an examination makes at most."""
    return _QUESTIONS + _LEARNT + 2 * concurrency


async def examine(endpoint: Endpoint, *, concurrency: int, say: Say) -> Examination:
    """Find out what the endpoint's model for work can do.

    Args:
        endpoint: who is asked.
        concurrency: how many calls at a time to try, at most; 0 for no trial.
        say: told what is being tried.
    """
    say(f"asking {endpoint.host} what it serves")
    server = await with_details(await describe_server(endpoint), endpoint)
    model = endpoint.name_for("worker")
    prober = Prober(endpoint, model, max_calls=most_requests(concurrency))
    found = Examination(endpoint, model, server, prober.dialect, spent=prober.spent)
    try:
        await _ask_everything(prober, found, concurrency, say)
    finally:
        await prober.close()
    found.dialect = prober.dialect
    return found


async def _ask_everything(prober: Prober, found: Examination, concurrency: int, say: Say) -> None:
    say(f"asking {found.model} for a word")
    found.seen["plain"] = await prober.ask(_greeting(prober.dialect), trying={"streaming": ()}, temperature=0)
    found.fatal = found.seen["plain"].error
    await _know_family(found)
    if found.fatal is None:
        found.seen["stream"] = await prober.ask(_greeting(prober.dialect))
        found.fatal = found.seen["stream"].error
    if found.fatal is not None:
        return
    say("trying tool calls")
    found.native = await try_native_calls(prober, _reply_limit(found))
    await _ask_for_calls(prober, found)
    say("trying answers of a given shape")
    await _ask_for_shapes(prober, found)
    say("trying the limits")
    found.seen["unknown model"] = await prober.ask(_short("Say OK."), fields={"model": UNKNOWN_MODEL})
    if not found.server.context_lengths.get(found.model) and found.seen["stream"].streamed:
        endless = _endless(prober.dialect)
        found.seen["endless"] = await prober.ask(_short("Say OK."), fields=endless, most_events=_SHORT_REPLY)
    await _climb(prober, found, concurrency, say)


async def _know_family(found: Examination) -> None:
    """Look at the reply's headers too: some gateways show themselves in them only."""
    family = "" if found.server.family else family_of_server(found.seen["plain"].headers, [])
    if family:
        found.server = await with_details(replace(found.server, family=family), found.endpoint)


async def _ask_for_calls(prober: Prober, found: Examination) -> None:
    limit = _reply_limit(found)
    both = question("Look at what the files src/app.py and src/main.py hold, both at once.", limit)
    native = {"tools": ("native",), "tool_choice": ("auto",)}
    found.seen["parallel"] = await prober.ask(both, trying={**native, "parallel_calls": (True,)})
    idle = question("Just say hello.", limit)
    found.seen["required"] = await prober.ask(idle, trying={**native, "tool_choice": ("required",)})
    named = {"type": "function", "function": {"name": "list_files"}}
    found.seen["named"] = await prober.ask(idle, trying=native, fields={"tool_choice": named})


def _reply_limit(found: Examination) -> int:
    """Return how much a reply may hold: more where the model has been seen to think first."""
    replies = [seen.reply for seen in found.seen.values() if seen.reply is not None]
    return LONG_REPLY if any(reply.reasoning for reply in replies) else SHORT_REPLY


async def _ask_for_shapes(prober: Prober, found: Examination) -> None:
    hello = [Message(Role.USER, "Say hello, in words or as JSON.")]
    shaped = ModelRequest("worker", hello, schema=SCHEMA, max_output_tokens=128)
    found.seen["json_schema"] = await prober.ask(shaped, trying={"structured": ("json_schema",)})
    found.seen["json_object"] = await prober.ask(shaped, trying={"structured": ("json_object",)})


async def _climb(prober: Prober, found: Examination, concurrency: int, say: Say) -> None:
    """Make more and more calls at a time, until one is refused or fails."""
    calls = 1
    while calls <= concurrency:
        say(f"trying {calls} calls at a time")
        seen = await ask_together(prober, [_short(f"Say OK {number}.") for number in range(calls)])
        found.ladder.append(_rung(seen))
        if found.ladder[-1].refused or found.ladder[-1].failed or calls == concurrency:
            return
        calls = min(2 * calls, concurrency)


def _rung(seen: Sequence[Observation]) -> Rung:
    refused = sum(isinstance(one.error, RateLimited) for one in seen)
    failed = sum(one.error is not None for one in seen) - refused
    answered = [one for one in seen if one.reply is not None]
    return Rung(
        calls=len(seen),
        refused=refused,
        failed=failed,
        seconds=max((one.seconds for one in answered), default=0.0),
        first_token_s=statistics.median([one.first_token_s for one in answered]) if answered else 0.0,
    )


def _greeting(dialect: Dialect) -> ModelRequest:
    """Return a question that is long enough for the family's cache to keep its beginning."""
    lines = int(dialect.cache_tokens * _WORDS_A_TOKEN / 8) + 4
    rules = "\n".join(f"Rule {number}: keep the answer short and friendly, always." for number in range(1, lines))
    messages = [Message(Role.SYSTEM, rules), Message(Role.USER, "Say hello.")]
    return ModelRequest("worker", messages, max_output_tokens=128)


def _short(text: str) -> ModelRequest:
    return ModelRequest("worker", [Message(Role.USER, text)], max_output_tokens=_SHORT_REPLY)


def _endless(dialect: Dialect) -> dict[str, int]:
    """Return a limit of output that no window has room for: a refusal names the window, and nothing is spent."""
    return {dialect.output_limit[0]: 100_000_000} if dialect.output_limit else {}
