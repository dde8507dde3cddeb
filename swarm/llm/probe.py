"""What a server says of itself before anything is asked of its models."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from swarm.errors import EndpointError
from swarm.llm.endpoint import Endpoint
from swarm.llm.families import family_of_server
from swarm.llm.http import HttpClient

_PATIENCE_S = 5.0
_MODELS_SHOWN = 1_000
# Where lists of models say how long a conversation may be: vLLM and SGLang, gateways, Groq, LM Studio, LiteLLM.
_LENGTH_FIELDS = (
    "max_model_len",
    "loaded_context_length",
    "context_length",
    "context_window",
    "max_context_length",
    "max_input_tokens",
)
_LONGEST = 1_000_000_000
# What families tell elsewhere, at addresses beside the base URL's ``/v1``.
_MORE_BY_FAMILY = {"llama.cpp": "/props", "ollama": "/api/ps", "lmstudio": "/api/v0/models", "litellm": "/model/info"}


@dataclass(frozen=True, slots=True)
class ServerDescription:
    """What is known of a server.

    Attributes:
        status: the HTTP status of its list of models; ``None`` when it could not be reached.
        models: the models that it lists.
        software: what it calls itself.
        simulated: it says that its replies come from a script and not from a model.
        family: the family that it shows itself to be of; empty when it shows none.
        context_lengths: the windows of its models in tokens, as far as it tells.
        slots: how many calls it works on at a time; 0 when it does not tell.
    """

    status: int | None = None
    models: tuple[str, ...] = ()
    software: str = ""
    simulated: bool = False
    family: str = ""
    context_lengths: Mapping[str, int] = field(default_factory=dict)
    slots: int = 0


async def describe_server(endpoint: Endpoint) -> ServerDescription:
    """Ask a server for its list of models. A server that cannot be reached, or has none, is described as far as known.

    This settles nothing: what a server does not list it may still serve.
    """
    client = HttpClient(endpoint)
    try:
        async with asyncio.timeout(_PATIENCE_S), await client.request("GET", "/models") as response:
            headers = response.headers
            entries = _entries(await response.start_of_body()) if response.status == 200 else []
            return ServerDescription(
                status=response.status,
                models=tuple(str(entry["id"]) for entry in entries),
                software=headers.get("server", ""),
                simulated=headers.get("x-simulated", "").strip().lower() == "true",
                family=family_of_server(headers, entries),
                context_lengths=_lengths(entries),
            )
    except (EndpointError, TimeoutError):
        return ServerDescription()
    finally:
        await client.close()


async def with_details(server: ServerDescription, endpoint: Endpoint) -> ServerDescription:
    """Return the description with what the server's family tells at addresses of its own; one request at most."""
    family = endpoint.dialect or server.family or endpoint.dialect_of(endpoint.model).family
    path = _MORE_BY_FAMILY.get(family)
    if path is None or server.status is None:
        return server
    client = HttpClient(replace(endpoint, base_url=endpoint.base_url.removesuffix("/v1")))
    try:
        async with asyncio.timeout(_PATIENCE_S), await client.request("GET", path) as response:
            body = await response.start_of_body() if response.status == 200 else b""
    except (EndpointError, TimeoutError):
        return server
    finally:
        await client.close()
    return _detailed(server, _object(body), server.models or (endpoint.model,))


def _detailed(server: ServerDescription, told: Mapping[str, Any], models: Sequence[str]) -> ServerDescription:
    settings = told.get("default_generation_settings")
    length = _count(settings.get("n_ctx")) if isinstance(settings, Mapping) else 0
    lengths = dict.fromkeys(models, length) if length else {}
    for listed in (told.get("data"), told.get("models")):
        for entry in listed if isinstance(listed, list) else ():
            if isinstance(entry, Mapping):
                lengths |= _length_of(entry)
    return replace(
        server,
        context_lengths={**server.context_lengths, **lengths},
        slots=_count(told.get("total_slots")),
    )


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _entries(body: bytes) -> list[Mapping[str, Any]]:
    listed = _object(body).get("data")
    entries = [entry for entry in listed if isinstance(entry, dict)] if isinstance(listed, list) else []
    return [entry for entry in entries[:_MODELS_SHOWN] if isinstance(entry.get("id"), str)]


def _lengths(entries: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    return {name: length for entry in entries for name, length in _length_of(entry).items()}


def _length_of(entry: Mapping[str, Any]) -> dict[str, int]:
    """Return the model's name and window out of an entry of a list, or nothing."""
    name = next((entry[key] for key in ("id", "model_name", "model", "name") if isinstance(entry.get(key), str)), "")
    more = [entry.get(group) for group in ("meta", "model_info")]
    places = [entry, *(place for place in more if isinstance(place, Mapping))]
    lengths = [_count(place.get(key)) for place in places for key in (*_LENGTH_FIELDS, "n_ctx")]
    length = next(filter(None, lengths), 0)
    return {name: length} if name and length else {}


def _count(value: object) -> int:
    return value if type(value) is int and 0 < value < _LONGEST else 0
