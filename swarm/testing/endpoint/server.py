"""The endpoint itself: listens, routes, and watches for clients that go away."""

import asyncio
import hmac
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from swarm.errors import UsageError
from swarm.testing.endpoint.chat import JSON_HEADERS, ChatService
from swarm.testing.endpoint.completion import encode
from swarm.testing.endpoint.connection import BadRequest, Connection, HttpRequest
from swarm.testing.endpoint.faults import wrong_key
from swarm.testing.endpoint.holds import Hold, Holds, Point
from swarm.testing.endpoint.ledger import Ledger
from swarm.testing.endpoint.request import Refused
from swarm.testing.endpoint.scenario import Scenario

MAX_BODY_BYTES = 64 * 1024 * 1024
MAX_CONNECTIONS = 4096
_LOG = logging.getLogger(__name__)


class SimulatedEndpoint:
    """An OpenAI-compatible server that answers from a scenario.

    Use it as an asynchronous context manager: it listens when entered and has closed every connection when
    left.

    Args:
        scenario: what it answers.
        host: the address to listen on.
        port: the port; 0 takes any free one.
        ledger: a file that gets a JSON line per ended call.
        api_key: the key that requests must bring, instead of the scenario's own.
        max_body_bytes: longer requests are refused with a 413.

    Raises:
        ScenarioError: the scenario's plan cannot be used.
    """

    def __init__(
        self,
        scenario: Scenario,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        ledger: Path | None = None,
        api_key: str | None = None,
        max_body_bytes: int = MAX_BODY_BYTES,
    ) -> None:
        self.scenario = scenario
        self.ledger = Ledger(ledger)
        self._host = host
        self._port = port
        self._api_key = api_key or scenario.api_key
        self._max_body_bytes = max_body_bytes
        self._holds = Holds()
        self._chats = ChatService(scenario, self.ledger, self._holds)
        self._stop = asyncio.Event()
        self._served: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        """Start to listen.

        Raises:
            UsageError: the address is taken or not ours, or the ledger cannot be written.
        """
        ready: asyncio.Future[asyncio.TaskGroup] = asyncio.get_running_loop().create_future()
        self._owner = asyncio.create_task(self._own_connections(ready), name="simulated endpoint")
        self._group = await ready
        try:
            await asyncio.to_thread(self.ledger.touch)
            self._server = await asyncio.start_server(self._accept, self._host, self._port, backlog=2048)
        except OSError as error:
            self._stop.set()
            await self._owner
            raise UsageError(
                f"the simulated endpoint cannot start on {self._host}:{self._port}: {error.strerror or error}",
                hint="Choose another --port (0 takes any free one), or check the ledger's folder.",
            ) from error
        self._port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        self._stop.set()
        await self._owner

    @property
    def base_url(self) -> str:
        """The URL for clients, with the port that is listened on."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self._port}/v1"

    def hold(self, subtask: str = "*", *, at: Point = "start") -> Hold:
        """Hold calls back while the result is entered with ``async with``.

        Args:
            subtask: a glob on the subtask's id.
            at: ``start`` is before anything is sent, ``middle`` after a stream's first event.
        """
        return Hold(self._holds, subtask, at)

    async def _own_connections(self, ready: asyncio.Future[asyncio.TaskGroup]) -> None:
        """Keep every connection in one group, which one asyncio task enters and leaves.

        A fixture may enter and leave the endpoint from different asyncio tasks; a group must not be.
        """
        async with asyncio.TaskGroup() as group:
            ready.set_result(group)
            await self._stop.wait()
            for task in self._served:
                task.cancel()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._stop.is_set():
            writer.transport.abort()
            return
        connection = Connection(reader, writer, self._max_body_bytes)
        task = self._group.create_task(self._serve(connection))
        self._served.add(task)
        task.add_done_callback(self._served.discard)

    async def _serve(self, connection: Connection) -> None:
        try:
            if len(self._served) > MAX_CONNECTIONS:
                await _send_error(connection, Refused(503, "Too many connections."))
                return
            while (request := await connection.next_request()) is not None:
                if not await self._reply_unless_gone(connection, request) or not connection.ready_for_next():
                    return
        except BadRequest as error:
            await _send_error(connection, Refused(error.status, str(error)))
        except ConnectionError:
            return
        finally:
            await connection.close()

    async def _reply_unless_gone(self, connection: Connection, request: HttpRequest) -> bool:
        """Reply, but stop as soon as the client goes away; say whether the connection is still of use."""
        async with asyncio.TaskGroup() as group:
            reply = group.create_task(self._reply(connection, request))
            watch = group.create_task(_cancel_when_gone(connection, reply))
            await asyncio.wait({reply})
            watch.cancel()
        return not reply.cancelled() and reply.result()

    async def _reply(self, connection: Connection, request: HttpRequest) -> bool:
        try:
            handler = self._route(request)
            await handler(connection, request)
        except Refused as refused:
            return await _send_error(connection, refused)
        except ConnectionError:
            return False
        except Exception:  # noqa: BLE001 - one call must not end the server; the log tells
            _LOG.exception("the simulated endpoint failed to answer %s %s", request.method, request.path[:200])
            return await _send_error(connection, Refused(500, "The simulated endpoint failed; see its log."))
        return True

    def _route(self, request: HttpRequest) -> Callable[[Connection, HttpRequest], Awaitable[None]]:
        path = "/" + request.path.removeprefix("/v1/").strip("/")
        routes = {
            "/health": ("GET", self._health),
            "/models": ("GET", self._models),
            "/chat/completions": ("POST", self._chat),
        }
        if path not in routes:
            raise Refused(404, f"There is no {request.path[:200]} here; try {', '.join(routes)}.")
        method, handler = routes[path]
        if request.method != method:
            raise Refused(405, f"{path} takes {method}.", headers=(("allow", method),))
        if path != "/health":
            self._check_key(request)
        return handler

    def _check_key(self, request: HttpRequest) -> None:
        if self._api_key is None:
            return
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not hmac.compare_digest(key.strip().encode(), self._api_key.encode()):
            raise wrong_key()

    async def _health(self, connection: Connection, _: HttpRequest) -> None:
        body = encode({"status": "ok", "simulated": True, "in_flight": self.ledger.in_flight})
        await connection.send_whole(200, JSON_HEADERS, body)

    async def _models(self, connection: Connection, _: HttpRequest) -> None:
        window = {"max_model_len": self.scenario.context_tokens} if self.scenario.context_tokens else {}
        models = [
            {"id": model, "object": "model", "created": 0, "owned_by": "simulated", **window}
            for model in self.scenario.models
        ]
        await connection.send_whole(200, JSON_HEADERS, encode({"object": "list", "data": models}))

    async def _chat(self, connection: Connection, request: HttpRequest) -> None:
        await self._chats.handle(connection, request.body)


async def _send_error(connection: Connection, refused: Refused) -> bool:
    """Send an error reply if no other has begun; say whether it could be sent."""
    if not connection.can_reply:
        return False
    try:
        await connection.send_whole(refused.status, [*JSON_HEADERS, *refused.headers], encode(refused.body))
    except ConnectionError:
        return False
    return True


async def _cancel_when_gone(connection: Connection, reply: asyncio.Task[bool]) -> None:
    await connection.departure()
    reply.cancel()
