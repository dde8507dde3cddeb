"""A model behind one OpenAI-compatible endpoint."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from swarm.core.messages import Reply
from swarm.errors import (
    AccessDenied,
    EndpointError,
    EndpointUnavailable,
    RateLimited,
    ReplyIncomplete,
    RequestRejected,
)
from swarm.failpoints import reach
from swarm.llm.assembler import ReplyAssembler
from swarm.llm.codec import Json, affinity_key, encode_request, to_bytes, tool_names
from swarm.llm.dialects import Dialect, refused_part
from swarm.llm.endpoint import Endpoint
from swarm.llm.faults import Complaint, ErrorDocument, classify, read_complaint
from swarm.llm.gate import Entry, Gate, Sleep
from swarm.llm.http import ConnectionDropped, HttpClient, Response
from swarm.llm.reader import ReplyReader, read_reply
from swarm.llm.retry import MAX_WAITED_S, next_wait, throttle_floor
from swarm.llm.timers import CallTimers
from swarm.protocols import Delayed, ModelAnswer, ModelRequest

_PATH = "/chat/completions"

TEMPERATURE_STEP = 0.2
"""How much warmer each later attempt is sampled, when a temperature is named at all."""

WARMEST = 1.0
_WORTH_TELLING_S = 1.0


class ChatModel:
    """Asks one endpoint, over one connection pool and one gate shared by all agents.

    Passing faults are retried within bounds; what the endpoint refuses of a request (a parameter that it does not
    know) is left out from then on and the call is made again, which costs no try.

    Args:
        endpoint: where to ask.
        random: a number in [0, 1), for jitter.
        clock: seconds that never run backwards.
        sleep: waits for seconds.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        random: Callable[[], float],
        clock: Callable[[], float] = time.monotonic,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._endpoint = endpoint
        self._random = random
        self._clock = clock
        self._sleep = sleep
        names = {endpoint.model, *endpoint.models.values()}
        self._dialects = {name: endpoint.dialect_of(name) for name in names}
        self._http = HttpClient(endpoint)
        self._gate = Gate(endpoint.max_in_flight, clock=clock, sleep=sleep)

    def name_for(self, role: str) -> str:
        """Return the model's name for a role. Raises ConfigError when the role has none."""
        return self._endpoint.name_for(role)

    async def reply(self, request: ModelRequest, *, delayed: Delayed) -> ModelAnswer:
        """Ask once, retrying what is worth retrying.

        Raises:
            EndpointError: no complete reply was to be had; its class says why.
        """
        call = _Call(request, self.name_for(request.role), delayed)
        adopted = self._adopted(call)
        if adopted is not None:
            return ModelAnswer(adopted, 0.0, 0.0, 1, adopted=True)
        began = self._clock()
        while True:
            try:
                async with self._gate.slot(call.suspended) as entry:
                    reply, first_token_s = await self._ask(call, entry)
            except _AskDifferently:
                continue
            except EndpointError as error:
                await self._wait_after(error, call)
            else:
                return ModelAnswer(reply, first_token_s, self._clock() - began, call.requests)

    def _adopted(self, call: "_Call") -> Reply | None:
        """Return the reply that a process before this one received whole, by the rules of a live one."""
        received = call.request.spool.received() if call.request.spool else b""
        if not received:
            return None
        dialect = self._dialects[call.model]
        size = len(to_bytes(encode_request(call.request, call.model, dialect)))
        assembler = ReplyAssembler(tools=tool_names(call.request, dialect), request_bytes=size)
        try:
            return read_reply(received, assembler)
        except (EndpointError, Complaint):
            return None

    async def close(self) -> None:
        """Release connections. Never raises."""
        await self._http.close()

    async def _wait_after(self, error: EndpointError, call: "_Call") -> None:
        """Wait before the next try; raise the error when there is none."""
        if isinstance(error, ConnectionDropped) and not call.redialled:
            call.redialled = True
            return
        if isinstance(error, RateLimited):
            call.throttles += 1
            self._gate.close(error, throttle_floor(error, call.throttles))
        else:
            call.tries += 1
        wait = next_wait(error, call.tries, self._random, throttles=call.throttles, waited_s=call.waited_s)
        if wait is None:
            raise error
        call.waited_s += wait
        await call.delayed(error, wait)
        await self._sleep(wait)

    async def _ask(self, call: "_Call", entry: Entry) -> tuple[Reply, float]:
        """Send the request once and return the reply and the seconds to its first token."""
        dialect = self._dialects[call.model]
        payload = encode_request(call.request, call.model, dialect)
        if self._endpoint.temperature is not None and dialect.sampling:
            # The same question at the same low temperature would only get the same answer again.
            warmer = self._endpoint.temperature + TEMPERATURE_STEP * call.request.variation
            payload["temperature"] = max(self._endpoint.temperature, min(warmer, WARMEST))
        body = to_bytes(payload)
        call.requests += 1
        try:
            assembler = ReplyAssembler(tools=tool_names(call.request, dialect), request_bytes=len(body))
            return await self._exchange(call.request, body, assembler, dialect, entry)
        except Complaint as complaint:
            raise self._answer_to(complaint.document, payload, call, dialect) from None

    async def _exchange(
        self, request: ModelRequest, body: bytes, assembler: ReplyAssembler, dialect: Dialect, entry: Entry
    ) -> tuple[Reply, float]:
        reader = ReplyReader(assembler)
        sent_at = self._clock()
        first_token_s: float | None = None
        timers = CallTimers(self._endpoint.timeouts)
        try:
            call = self._http.request("POST", _PATH, body=body, headers=_headers(request, dialect))
            async with timers, call as response:
                entry.answered(response.status)
                await _check(response)
                reach("model.answered")
                if request.spool is not None:
                    request.spool.begin()
                async for chunk in response.chunks():
                    if request.spool is not None:
                        request.spool.write(chunk)
                    reach("model.mid-stream")
                    _note_progress(timers, assembler, reader, reader.feed(chunk))
                    if first_token_s is None and assembler.has_output:
                        first_token_s = self._clock() - sent_at
        except TimeoutError:
            if not assembler.finished:
                raise EndpointUnavailable(f"{self._endpoint.host} took too long; waited for {timers.phase}") from None
        except ReplyIncomplete:
            # What breaks after the model has ended its turn takes nothing away.
            if not assembler.finished:
                raise
        reply = reader.close()
        return reply, self._clock() - sent_at if first_token_s is None else first_token_s

    def _answer_to(self, document: ErrorDocument, payload: Json, call: "_Call", dialect: Dialect) -> Exception:
        """Return what to raise for a complaint; learn from it what the endpoint does not take."""
        error = classify(document, host=self._endpoint.host, secrets=(self._endpoint.api_key,))
        if isinstance(error, AccessDenied):
            self._gate.deny(error)
        # Some servers answer 500 to a parameter that they do not know.
        if isinstance(error, RequestRejected) or (isinstance(error, EndpointUnavailable) and error.status == 500):
            shaped = call.request.schema is not None and not call.request.tools
            refused = refused_part(payload, dialect, f"{document.message} {document.raw}", shaped=shaped)
            if refused is not None:
                self._dialects[call.model] = self._dialects[call.model].without(refused)
                return _AskDifferently()
        return error


class _AskDifferently(Exception):
    """The endpoint refused a part of the request that can be left out."""


@dataclass(slots=True)
class _Call:
    """One call of the model and what its tries have cost so far."""

    request: ModelRequest
    model: str
    delayed: Delayed
    requests: int = 0
    tries: int = 0
    throttles: int = 0
    waited_s: float = 0.0
    redialled: bool = False

    async def suspended(self, error: RateLimited, seconds: float) -> None:
        """Account for a wait at the gate; give the call up when it waits too long in all."""
        if self.waited_s + seconds > MAX_WAITED_S:
            raise RateLimited(error.message, hint=error.hint, status=error.status, retry_after_s=seconds)
        self.waited_s += seconds
        if seconds >= _WORTH_TELLING_S:
            await self.delayed(error, seconds)


async def _check(response: Response) -> None:
    """Raise the complaint of a response that is no reply."""
    if response.status != 200:
        raise Complaint(read_complaint(response.status, response.headers, await response.start_of_body()))


def _headers(request: ModelRequest, dialect: Dialect) -> dict[str, str]:
    """Return the headers by which balancers keep calls with one prefix together."""
    return dict.fromkeys(dialect.session_headers, affinity_key(request.affinity)) if request.affinity else {}


def _note_progress(timers: CallTimers, assembler: ReplyAssembler, reader: ReplyReader, events: int) -> None:
    if reader.ended:
        timers.closing()
    elif assembler.finished:
        timers.ending()
    elif events:
        timers.data()
    elif not assembler.has_output:
        timers.alive()
