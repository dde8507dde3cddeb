"""What an examination of an endpoint means: pure functions of what was seen."""

import json
import re
from collections.abc import Callable
from typing import Any

from swarm.doctor.advice import hint_for
from swarm.doctor.examination import COLOURS, Examination
from swarm.doctor.findings import Finding, good, less, problem
from swarm.errors import EndpointError, ModelNotFound
from swarm.llm.probe_exchange import Observation
from swarm.llm.probe_tools import TRIALS, choose_tool_mode, native_calls_passed
from swarm.llm.profile import Profile

_WINDOW = re.compile(
    r"(?:context (?:length|window|size)|max_model_len|n_ctx)\D{0,24}?(\d[\d,_]{2,12})"
    r"|(\d[\d,_]{2,12})[- ]token context",
    re.IGNORECASE,
)
_LIMIT_HEADERS = re.compile(r"^(x-)?ratelimit-(limit|remaining)(-[a-z-]+)?$")
_NOT_ASKED = Observation()


def conclude(found: Examination) -> list[Finding]:
    """Return the findings of an examination, in the order in which they matter."""
    if found.fatal is not None:
        return [_failed(found.fatal)] if found.server.status is None else [_reached(found), _failed(found.fatal)]
    return [_unclear(subject, found, names) or rule(found) for subject, rule, names in _RULES]


def profile_of(found: Examination, checked: str) -> Profile:
    """Return the profile of an examined model: the ways of asking that it takes.

    Args:
        found: the examination.
        checked: the day, as it is written in the profile.
    """
    dialect = found.dialect
    ways: dict[str, tuple[str | bool, ...]] = {
        "output_limit": dialect.output_limit,
        "streaming": dialect.streaming if _streams(found) else (),
        "stream_usage": dialect.stream_usage,
        "sampling": dialect.sampling,
    }
    if all(seen.is_clear for seen in found.native):
        ways["tools"] = choose_tool_mode(native_calls_passed(found.native), schema=_holds_schema(found))
    if _is_clear(found, "required"):
        ways["tool_choice"] = ("required", "auto") if _is_forced(found, "required") else ("auto",)
    if _is_clear(found, "json_schema", "json_object", "required"):
        ways["structured"] = _shapes(found)
    if _is_clear(found, "parallel"):
        ways["parallel_calls"] = (True,) if _calls_in(found, "parallel") > 1 else ()
    return Profile(
        base_url=found.endpoint.base_url,
        model=found.model,
        checked=checked,
        family=_family(found),
        context_length=context_length(found),
        concurrency=_sustained(found),
        ways=ways,
    )


def context_length(found: Examination) -> int:
    """Return the model's window in tokens, from the server's own words; 0 when it has not said."""
    told = found.server.context_lengths.get(found.model, 0)
    named = _WINDOW.search(found.seen.get("endless", _NOT_ASKED).complaint)
    return told or (int(re.sub(r"\D", "", named[1] or named[2])) if named else 0)


# -- findings ----------------------------------------------------------------------------------------------------


def _reached(found: Examination) -> Finding:
    server = found.server
    if server.status != 200:
        return less("server", "answers, but not with a list of models", "the model is asked as it is named")
    simulated = ", simulated: its replies come from a script" if server.simulated else ""
    return good("server", f"{found.endpoint.host} answers, family {_family(found)}{simulated}")


def _failed(error: EndpointError) -> Finding:
    return problem("model", error.message, error.hint)


def _model(found: Examination) -> Finding:
    listed = found.server.models
    if not listed or found.model in listed:
        return good("model", f"{found.model} answers" + ("" if listed else "; the server lists no models"))
    return less("model", f"{found.model} answers but is not listed", "it is asked as it is named")


def _unknown_model(found: Examination) -> Finding:
    seen = found.seen.get("unknown model", _NOT_ASKED)
    if isinstance(seen.error, ModelNotFound):
        return good("unknown models", "are refused")
    if seen.reply is not None:
        return less("unknown models", "are answered by another one", "a wrong --model is not noticed")
    return less("unknown models", "are refused in words that swarm does not know", "such a call fails its attempt")


def _stream(found: Examination) -> Finding:
    seen = found.seen["stream"]
    if _streams(found):
        return good("streaming", f"yes, first token after {seen.first_token_s:.1f} s")
    return less("streaming", "no", "replies come whole; a broken connection costs the whole reply")


def _usage(found: Examination) -> Finding:
    places = {"plain": "in whole replies", "stream": "in streams"}
    told = [words for name, words in places.items() if found.seen[name].usage_reported]
    if len(told) == len(places):
        return good("usage", "reported, in streams too")
    missing = f"only {told[0]}" if told else "not reported"
    return less("usage", missing, "tokens are estimated from sizes and marked as estimates", hint_for(found, "usage"))


def _cache(found: Examination) -> Finding:
    named = [seen.cached_field for seen in found.seen.values() if seen.cached_field]
    served = [seen.reply.usage.cached_tokens for seen in found.seen.values() if seen.reply]
    if named and any(served):
        return good("prefix cache", f"works, reported in {named[0]}")
    if named:
        return less("prefix cache", f"{named[0]} stays at 0", "prefixes are kept stable all the same")
    return less("prefix cache", "not reported", "cached tokens are counted as new ones", hint_for(found, "cache"))


def _native(found: Examination) -> Finding:
    passed = native_calls_passed(found.native)
    if passed == TRIALS:
        return good("tool calls", f"native, {passed} of {TRIALS} trials")
    mode = choose_tool_mode(passed, schema=_holds_schema(found))[0]
    instead = {
        "action": "one action a turn, held to a JSON Schema",
        "text": "one action a turn as JSON text, asked again when it cannot be read",
    }[mode]
    last = found.native[-1]
    why = last.error.message if last.error is not None else "the model did not make the call"
    return less("tool calls", f"native ones fail: {why}", instead, hint_for(found, "tools"))


def _parallel(found: Examination) -> Finding:
    count = _calls_in(found, "parallel")
    if count > 1:
        return good("parallel calls", f"{count} in one reply")
    return less("parallel calls", "one call a reply", "steps are shorter, and there are more of them")


def _choice(found: Examination) -> Finding:
    works = [name for name in ("required", "named") if _is_forced(found, name)]
    if len(works) == 2:
        return good("tool_choice", "required and named are obeyed")
    missing = "named" if works == ["required"] else "required" if works else "neither required nor named"
    return less(
        "tool_choice",
        f"{missing} is not obeyed" if works else f"{missing} is obeyed",
        "replies without a call are asked for again" if "required" not in works else "nothing, it is not needed",
    )


def _shape(found: Examination) -> Finding:
    ways = _shapes(found)
    if ways[0] == "json_schema":
        return good("schema output", "json_schema is obeyed")
    instead = {
        "tool": "plans come through a forced tool call",
        "json_object": "plans come as plain JSON and are checked here",
        "text": "plans come as text, are checked here and asked for again",
    }[str(ways[0])]
    return less("schema output", "json_schema is not obeyed", instead)


def _reasoning(found: Examination) -> Finding:
    replies = [seen.reply for seen in [*found.seen.values(), *found.native] if seen.reply is not None]
    named = [reply.reasoning_field for reply in replies if reply.reasoning_field and reply.reasoning]
    if named:
        return good("reasoning", f"comes apart, in {named[0]}, and goes back as the family wants it")
    if any(reply.reasoning for reply in replies):
        return good("reasoning", "comes in tags within the text and is taken out")
    return good("reasoning", "none seen")


def _temperature(found: Examination) -> Finding:
    if found.dialect.sampling:
        return good("temperature", "can be set")
    return less("temperature", "cannot be set", "it is left out, --temperature changes nothing")


def _context(found: Examination) -> Finding:
    length = context_length(found)
    if length:
        return good("context", f"{length:,} tokens")
    instead = "nothing until the server says that a conversation is too long"
    return less("context", "the server does not say how long", instead, hint_for(found, "context"))


def _rate_limits(found: Examination) -> Finding:
    headers = {
        name: value
        for seen in found.seen.values()
        for name, value in seen.headers.items()
        if _LIMIT_HEADERS.match(name)
    }
    if not headers:
        return good("rate limits", "none announced")
    return good("rate limits", ", ".join(f"{name} {value}" for name, value in sorted(headers.items())[:4]))


def _concurrency(found: Examination) -> Finding:
    if not found.ladder:
        return good("concurrency", "not tried")
    top, sustained = found.ladder[-1], _sustained(found)
    slots = f"; the server works on {found.server.slots} at a time" if found.server.slots else ""
    if top.calls == sustained:
        return good("concurrency", f"{sustained} calls at once, first token after {top.first_token_s:.1f} s{slots}")
    what = "refused" if top.refused else "failed"
    found_words = f"{top.refused or top.failed} of {top.calls} calls at once {what}, {sustained} are fine{slots}"
    return less("concurrency", found_words, "calls wait their turn; waiting costs no attempt")


def _unclear(subject: str, found: Examination, names: tuple[str, ...]) -> Finding | None:
    """Return the finding that a question was not answered at all, or None when each was."""
    asked = [found.seen[name] for name in names] if names != ("native",) else found.native
    lost = next((seen for seen in asked if not seen.is_clear and seen.error is not None), None)
    if lost is None or lost.error is None:
        return None
    return less(
        subject, f"not clear: {lost.error.message}", "it is tried when it is needed", "Run `swarm doctor` again."
    )


_RULES: tuple[tuple[str, Callable[[Examination], Finding], tuple[str, ...]], ...] = (
    ("server", _reached, ()),
    ("model", _model, ()),
    ("unknown models", _unknown_model, ("unknown model",)),
    ("streaming", _stream, ()),
    ("usage", _usage, ()),
    ("prefix cache", _cache, ()),
    ("tool calls", _native, ("native",)),
    ("parallel calls", _parallel, ("parallel",)),
    ("tool_choice", _choice, ("required", "named")),
    ("schema output", _shape, ("json_schema", "json_object")),
    ("reasoning", _reasoning, ()),
    ("temperature", _temperature, ()),
    ("context", _context, ()),
    ("rate limits", _rate_limits, ()),
    ("concurrency", _concurrency, ()),
)


# -- what was seen -----------------------------------------------------------------------------------------------


def _family(found: Examination) -> str:
    return found.endpoint.dialect or found.server.family or found.dialect.family


def _is_clear(found: Examination, *names: str) -> bool:
    return all(found.seen.get(name, _NOT_ASKED).is_clear for name in names)


def _streams(found: Examination) -> bool:
    return found.seen["stream"].streamed


def _calls_in(found: Examination, name: str) -> int:
    reply = found.seen.get(name, _NOT_ASKED).reply
    return len(reply.tool_calls) if reply is not None else 0


def _is_forced(found: Examination, name: str) -> bool:
    """Whether the endpoint made the model call a tool that it had no reason to call."""
    reply = found.seen.get(name, _NOT_ASKED).reply
    if reply is None or not reply.tool_calls:
        return False
    return name == "required" or reply.tool_calls[0].name == "list_files"


def _holds_schema(found: Examination) -> bool:
    answer = _json_in(found.seen.get("json_schema", _NOT_ASKED))
    return isinstance(answer, dict) and set(answer) == {"colour"} and answer["colour"] in COLOURS


def _shapes(found: Examination) -> tuple[str | bool, ...]:
    """Return the ways to an answer of a given shape that work, the best first."""
    plain_json = isinstance(_json_in(found.seen.get("json_object", _NOT_ASKED)), dict)
    works = {
        "json_schema": _holds_schema(found),
        "tool": _is_forced(found, "required"),
        "json_object": plain_json,
        "text": True,
    }
    return tuple(way for way, working in works.items() if working)


def _sustained(found: Examination) -> int:
    return max((rung.calls for rung in found.ladder if not rung.refused and not rung.failed), default=0)


def _json_in(seen: Observation) -> Any:
    try:
        return json.loads(seen.reply.content) if seen.reply is not None else None
    except (ValueError, RecursionError):
        return None
