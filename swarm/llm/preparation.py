"""What is looked at before a run asks an endpoint for the first time: its family, and how its model calls tools."""

import asyncio
import contextlib
from dataclasses import dataclass, replace
from pathlib import Path

from swarm.errors import ConfigError, ReplyIncomplete, RequestRejected
from swarm.llm.endpoint import Endpoint
from swarm.llm.probe import ServerDescription, describe_server
from swarm.llm.probe_exchange import Observation, Prober
from swarm.llm.probe_tools import (
    LONG_REPLY,
    TRIALS,
    choose_tool_mode,
    native_calls_passed,
    try_native_calls,
    was_still_thinking,
)
from swarm.llm.profile import Profile
from swarm.llm.profile_files import read_profile, write_profile

_PATIENCE_S = 120.0
_LEARNT = 6  # refusals of parts that can be left out, each of which costs a request


@dataclass(frozen=True, slots=True)
class Prepared:
    """An endpoint that a run may ask.

    Attributes:
        endpoint: the endpoint, with what was found out.
        server: what the server says of itself.
        said: what a person should know of it; empty when there is nothing.
    """

    endpoint: Endpoint
    server: ServerDescription
    said: str = ""


async def prepare(endpoint: Endpoint, folder: Path, today: str) -> Prepared:
    """Find out how to ask an endpoint, with two small questions, put again with more room to a model that thinks first.

    A model that has a profile, whose family is known to call tools well, or that was tried today is not tried again. A
    trial that gives no clear answer changes nothing.

    Args:
        endpoint: who will be asked.
        folder: where results are kept for the day.
        today: the day.
    """
    server = await describe_server(endpoint)
    if server.family and not endpoint.dialect and endpoint.dialect_of("").family == "default":
        endpoint = replace(endpoint, dialect=server.family)
    model = endpoint.main_model
    known = endpoint.profiles.get(model)
    decided = known is not None and "tools" in known.ways
    if decided or server.simulated or server.status is None or endpoint.dialect_of(model).trusted_tools:
        return Prepared(endpoint, server)
    tools = _kept(folder, endpoint, model, today)
    if not tools:
        tools = await _tried(endpoint, model)
        if tools:
            kept = Profile(endpoint.base_url, model, today, ways={"tools": tools})
            with contextlib.suppress(ConfigError):  # tried again next time
                await asyncio.to_thread(write_profile, folder, kept)
    return Prepared(_with_tools(endpoint, model, tools), server, _words(model, tools))


def _kept(folder: Path, endpoint: Endpoint, model: str, today: str) -> tuple[str | bool, ...]:
    try:
        kept = read_profile(folder, endpoint.base_url, model)
    except ConfigError:
        return ()  # written by another version, or damaged: tried again
    return kept.ways.get("tools", ()) if kept is not None and kept.checked == today else ()


async def _tried(endpoint: Endpoint, model: str) -> tuple[str | bool, ...]:
    """Try native tool calls and return the ways to offer tools; empty when nothing clear came of it."""
    prober = Prober(endpoint, model, max_calls=2 * TRIALS + _LEARNT)
    try:
        async with asyncio.timeout(_PATIENCE_S):
            seen = await try_native_calls(prober)
            if any(one.reply is not None and was_still_thinking(one.reply) for one in seen):
                seen = await try_native_calls(prober, LONG_REPLY)
    except TimeoutError:
        return ()
    finally:
        await prober.close()
    return choose_tool_mode(native_calls_passed(seen), schema=None) if all(map(_is_verdict, seen)) else ()


def _is_verdict(seen: Observation) -> bool:
    """Whether it tells of the model and its tools, and not of a key, a limit or a line."""
    if seen.reply is not None:
        return not was_still_thinking(seen.reply)
    return seen.is_clear and isinstance(seen.error, RequestRejected | ReplyIncomplete)


def _with_tools(endpoint: Endpoint, model: str, tools: tuple[str | bool, ...]) -> Endpoint:
    if not tools:
        return endpoint
    known = endpoint.profiles.get(model) or Profile(endpoint.base_url, model)
    profile = replace(known, ways={**known.ways, "tools": tools})
    return replace(endpoint, profiles={**endpoint.profiles, model: profile})


def _words(model: str, tools: tuple[str | bool, ...]) -> str:
    if not tools or tools[0] == "native":
        return ""
    return (
        f"{model} does not call tools by itself: it is asked for one action a turn instead; "
        "`swarm doctor` shows what it can do"
    )
