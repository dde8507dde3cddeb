"""What a server says of itself before anything is asked of it."""

import asyncio
import json
from dataclasses import dataclass

from swarm.errors import EndpointError
from swarm.llm.endpoint import Endpoint
from swarm.llm.http import HttpClient

_PATIENCE_S = 5.0
_MODELS_SHOWN = 1_000


@dataclass(frozen=True, slots=True)
class ServerDescription:
    """What is known of a server.

    Attributes:
        status: the HTTP status of its list of models; ``None`` when it could not be reached.
        models: the models that it lists.
        software: what it calls itself.
        simulated: it says that its replies come from a script and not from a model.
    """

    status: int | None = None
    models: tuple[str, ...] = ()
    software: str = ""
    simulated: bool = False


async def describe_server(endpoint: Endpoint) -> ServerDescription:
    """Ask a server for its list of models. A server that cannot be reached, or has none, is described as far as known.

    This settles nothing: what a server does not list it may still serve.
    """
    client = HttpClient(endpoint)
    try:
        async with asyncio.timeout(_PATIENCE_S), client.request("GET", "/models") as response:
            headers = response.headers
            return ServerDescription(
                status=response.status,
                models=_model_names(await response.start_of_body()) if response.status == 200 else (),
                software=headers.get("server", ""),
                simulated=headers.get("x-simulated", "").strip().lower() == "true",
            )
    except (EndpointError, TimeoutError):
        return ServerDescription()
    finally:
        await client.close()


def _model_names(body: bytes) -> tuple[str, ...]:
    try:
        listed = json.loads(body)
    except (ValueError, RecursionError):
        return ()
    entries = listed.get("data") if isinstance(listed, dict) else None
    names = [entry.get("id") for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
    return tuple(name for name in names[:_MODELS_SHOWN] if isinstance(name, str))
