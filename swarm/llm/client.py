"""A model behind one OpenAI-compatible endpoint."""

import asyncio
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from swarm.core.backpressure import Backpressure
from swarm.core.events import EndpointChanged, EndpointState
from swarm.core.limits import Usage
from swarm.core.messages import CONTENT_FILTER, Reply, is_other_model
from swarm.errors import (
    ContextOverflow,
    EndpointError,
    EndpointUnavailable,
    ModelNotFound,
    RateLimited,
    ReplyIncomplete,
    RequestRejected,
)
from swarm.llm.assembler import ReplyAssembler
from swarm.llm.bodies import Bodies
from swarm.llm.codec import affinity_key, encode_request
from swarm.llm.dialects import Dialect, refused_part
from swarm.llm.endpoint import Endpoint
from swarm.llm.estimate import TokenGauge
from swarm.llm.faults import Complaint, ErrorDocument, classify, is_filtered, read_complaint
from swarm.llm.gate import Entry, Gate, Room, Sleep
from swarm.llm.health import EndpointWatch
from swarm.llm.http import ConnectionDropped, HttpClient, Response
from swarm.llm.intake import Intake
from swarm.llm.limits import told_limits
from swarm.llm.pacing import LONGEST_PAUSE_S, Pacing
from swarm.llm.passing import NoOutput, ReplyEmpty
from swarm.llm.reader import read_reply
from swarm.llm.redaction import presentable
from swarm.llm.retry import BOUNDS, MOST_TRIES, Bounds, next_wait, throttle_floor
from swarm.llm.timers import CallTimers, Deadlines
from swarm.llm.usage import read_usage
from swarm.protocols import Delayed, ModelAnswer, ModelRequest

_PATH = "/chat/completions"

TEMPERATURE_STEP = 0.2
"""How much warmer each later attempt is sampled, when a temperature is named at all."""

WARMEST = 1.0
_WORTH_TELLING_S = 1.0
_NOTHING = Usage()


class ChatModel:
    """Asks one endpoint, over one connection pool and one gate shared by all agents.

    Passing faults are retried within bounds; what the endpoint refuses of a request (a parameter that it does not
    know) is left out from then on and the call is made again, which costs no try.

    Args:
        endpoint: where to ask.
        random: a number in [0, 1), for jitter.
        clock: seconds that never run backwards.
        sleep: waits for seconds.
        watch: told of changes of the endpoint's state.
        tls: what to trust; by default the certificate authorities that come with the HTTP library.
        longest_pause_s: the longest that arrived bytes of a stream wait, so that many streams are read together.

    Attributes:
        watch: by default one of its own.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        random: Callable[[], float],
        clock: Callable[[], float] = time.monotonic,
        sleep: Sleep = asyncio.sleep,
        watch: EndpointWatch | None = None,
        tls: ssl.SSLContext | None = None,
        longest_pause_s: float = LONGEST_PAUSE_S,
    ) -> None:
        self.watch = watch or EndpointWatch(clock)
        self._endpoint = endpoint
        self._random = random
        self._clock = clock
        self._sleep = sleep
        names = {endpoint.model, *endpoint.models.values()}
        self._dialects = {name: endpoint.dialect_of(name) for name in names}
        self._gauges: dict[str, TokenGauge] = {}
        self._bodies = Bodies()
        self._deadlines = Deadlines()
        self._http = HttpClient(endpoint, pacing=Pacing(longest_pause_s), tls=tls)
        pressure = Backpressure(
            endpoint.max_in_flight,
            requests_per_minute=endpoint.requests_per_minute,
            tokens_per_minute=endpoint.tokens_per_minute,
            silence_s=endpoint.timeouts.silence_s,
        )
        self._gate = Gate(pressure, clock=clock, sleep=sleep, changed=self._changed)

    def name_for(self, role: str) -> str:
        """Return the model's name for a role. Raises ConfigError when the role has none."""
        return self._endpoint.name_for(role)

    def room(self, role: str) -> Room:
        """Return how the endpoint stands for a role's model."""
        return self._gate.room(self.name_for(role))

    async def reply(self, request: ModelRequest, *, delayed: Delayed, bounds: Bounds = BOUNDS) -> ModelAnswer:
        """Ask once, retrying what is worth retrying.

        Args:
            request: the question.
            delayed: told of every wait.
            bounds: how much the call may take before it is given up.

        Raises:
            EndpointError: no complete reply was to be had; its class says why.
        """
        call = _Call(request, self.name_for(request.role), delayed, bounds, self._tokens(request))
        adopted = self._adopted(call)
        if adopted is not None:
            return ModelAnswer(adopted, 0.0, 0.0, 1, adopted=True)
        self._check_length(call)
        began = self._clock()
        while True:
            try:
                if request.probing:
                    self._gate.try_now(call.model)
                with await self._gate.enter(call.model, call.tokens, call.suspended) as entry:
                    reply, first_token_s = await self._ask(call, entry)
            except _AskDifferently:
                continue
            except _Failed as failed:
                empty = call.empty_for_good(failed.error)
                if empty is None:
                    await self._wait_after(failed.error, call)
                    continue
                reply, first_token_s = empty, 0.0
            seconds = self._clock() - began
            name = self._endpoint.name
            return ModelAnswer(
                reply, first_token_s, seconds, call.requests, endpoint=name, model=call.model, lost=call.lost
            )

    def _adopted(self, call: "_Call") -> Reply | None:
        """Return the reply that a process before this one received whole, by the rules of a live one."""
        received = call.request.spool.received() if call.request.spool else b""
        if not received:
            return None
        dialect = self._dialects[call.model]
        body = self._bodies.body(call.request, call.model, dialect)
        assembler = ReplyAssembler(tools=body.tools, request_bytes=len(body.data))
        try:
            reply = read_reply(received, assembler)
            self._refuse_stranger(call.model, reply)
        except (EndpointError, Complaint):
            return None
        return reply

    async def close(self) -> None:
        """Release connections. Never raises."""
        await self._http.close()

    def _tokens(self, request: ModelRequest) -> int:
        """Return what a call will use, by estimate; 0 where no limit on tokens is known."""
        return self._gauge(self.name_for(request.role)).tokens(request) if self._gate.pressure.counts_tokens else 0

    def _gauge(self, model: str) -> TokenGauge:
        gauge = self._gauges.get(model)
        if gauge is None:
            gauge = self._gauges[model] = TokenGauge()
        return gauge

    def _check_length(self, call: "_Call") -> None:
        """Refuse a prompt that the endpoint would only refuse itself. Raises ContextOverflow."""
        profile = self._endpoint.profiles.get(call.model)
        window = self._endpoint.context_tokens or (profile.context_length if profile else 0)
        if not window:
            return
        gauge = self._gauge(call.model)
        if gauge.overflows(call.request, window):
            raise ContextOverflow(
                f"about {gauge.tokens(call.request):,} tokens do not fit into the window of {window:,} that "
                f"{call.model} has at {self._endpoint.host}"
            )

    def _changed(self, state: EndpointState, model: str, error: EndpointError | None, wait_s: float | None) -> None:
        reason, code = (error.message, error.code) if error else ("", "")
        self.watch.note(EndpointChanged(self._endpoint.name, state, reason, code, wait_s, model))

    async def _wait_after(self, error: EndpointError, call: "_Call") -> None:
        """Wait before the next try; raise the error when there is none."""
        if self._is_stale(error, call):
            call.redialled = True
            return
        if not isinstance(error, RateLimited):
            call.tries += 1
        wait = next_wait(
            error,
            call.tries,
            self._random,
            alike=call.faults.count(type(error)),
            throttles=call.throttles,
            waited_s=call.waited_s,
            bounds=call.bounds,
        )
        if wait is None:
            raise error
        if not isinstance(error, RateLimited):
            wait = max(wait, self._gate.budget.take(self._clock()))
        call.waited_s += wait
        await call.delayed(error, wait)
        await self._sleep(wait)

    def _note_failure(self, error: EndpointError, call: "_Call", entry: Entry) -> None:
        floor_s = 0.0
        if isinstance(error, RateLimited):
            call.throttles = max(call.throttles, self._gate.pressure.refusals) + 1
            floor_s = throttle_floor(error, call.throttles)
        if not self._is_stale(error, call):
            entry.failed(error, floor_s)

    def _is_stale(self, error: EndpointError, call: "_Call") -> bool:
        """Whether a kept connection was given up by the server just then, which says nothing of the endpoint."""
        return isinstance(error, ConnectionDropped) and self._gate.has_answered and not call.redialled

    async def _ask(self, call: "_Call", entry: Entry) -> tuple[Reply, float]:
        """Send the request once and return the reply and the seconds to its first token."""
        dialect = self._dialects[call.model]
        body = self._bodies.body(call.request, call.model, dialect, self._temperature(call.request))
        call.requests += 1
        call.taken = False
        assembler = ReplyAssembler(tools=body.tools, request_bytes=len(body.data))
        try:
            reply, first_token_s = await self._exchange(call, body.data, assembler, dialect, entry)
            self._refuse_stranger(call.model, reply)
        except Complaint as complaint:
            if is_filtered(complaint.document):
                # A filter's refusal of one conversation is an answer to it: the agent is told, the endpoint is well.
                entry.succeeded(0)
                usage = read_usage(None, request_bytes=len(body.data), output_bytes=0)
                return Reply(finish_reason=CONTENT_FILTER, usage=usage), 0.0
            error = self._answer_to(complaint.document, call, dialect)
        except EndpointError as caught:
            error = caught
        else:
            entry.succeeded(reply.usage.total_tokens)
            if not reply.usage.estimated:
                self._gauge(call.model).learn(call.request, reply.usage.input_tokens)
            return reply, first_token_s
        if call.taken and not isinstance(error, ReplyEmpty):
            # What was read and written before it broke off is paid for all the same.
            call.lost += read_usage(None, request_bytes=len(body.data), output_bytes=assembler.output_characters)
        call.faults.append(type(error))
        self._note_failure(error, call, entry)
        raise _Failed(error)

    def _refuse_stranger(self, asked: str, reply: Reply) -> None:
        """Refuse the reply of another model where the one that was asked is insisted on. Raises ModelNotFound."""
        if self._endpoint.pin_model and is_other_model(asked, reply.model):
            other = presentable(reply.model, (self._endpoint.api_key,))
            raise ModelNotFound(
                f"{self._endpoint.host} was asked for {asked} and says that {other} answered",
                hint="Ask for the model that it has, or take pin_model out of the settings.",
            )

    def _temperature(self, request: ModelRequest) -> float | None:
        lowest = self._endpoint.temperature
        if lowest is None:
            return None
        # The same question at the same low temperature would only get the same answer again.
        return max(lowest, min(lowest + TEMPERATURE_STEP * request.variation, WARMEST))

    async def _exchange(
        self, call: "_Call", body: bytes, assembler: ReplyAssembler, dialect: Dialect, entry: Entry
    ) -> tuple[Reply, float]:
        timers = CallTimers(self._endpoint.timeouts, self._deadlines)
        intake = Intake(assembler, timers, call.request.spool, entry, self._clock)
        try:
            with timers:
                headers = _headers(call.request, dialect)
                async with await self._http.request("POST", _PATH, body=body, headers=headers) as response:
                    await self._receive(response, call, intake, entry)
        except TimeoutError:
            call.taken = True
            if not assembler.finished:
                kind = EndpointUnavailable if assembler.has_output else NoOutput
                raise kind(f"{self._endpoint.host} took too long; waited for {timers.phase}") from None
        except ReplyIncomplete:
            # What breaks after the model has ended its turn takes nothing away.
            if not assembler.finished:
                raise
        return intake.reader.close(), intake.seconds()

    async def _receive(self, response: Response, call: "_Call", intake: Intake, entry: Entry) -> None:
        """Take in a response. Raises the complaint of one that is no reply."""
        entry.answered(response.status)
        for told in told_limits(response.headers):
            self._gate.pressure.told(call.model, told.what, told.limit, told.remaining, told.reset_s, self._clock())
        if response.status != 200:
            raise Complaint(read_complaint(response.status, response.headers, await response.start_of_body()))
        call.taken = True
        intake.begin()
        await response.read(intake.take)

    def _answer_to(self, document: ErrorDocument, call: "_Call", dialect: Dialect) -> EndpointError:
        """Return the error of a complaint.

        Raises:
            _AskDifferently: the complaint taught what the endpoint does not take.
        """
        error = classify(document, host=self._endpoint.host, secrets=(self._endpoint.api_key,))
        # Some servers answer 500 to a parameter that they do not know.
        if isinstance(error, RequestRejected) or (isinstance(error, EndpointUnavailable) and error.status == 500):
            shaped = call.request.schema is not None and not call.request.tools
            payload = encode_request(call.request, call.model, dialect, self._temperature(call.request))
            refused = refused_part(payload, dialect, f"{document.message} {document.raw}", shaped=shaped)
            if refused is not None:
                self._dialects[call.model] = self._dialects[call.model].without(refused)
                raise _AskDifferently
        return error


class _AskDifferently(Exception):
    """The endpoint refused a part of the request that can be left out."""


class _Failed(Exception):
    """A try failed; carries why past the gate."""

    def __init__(self, error: EndpointError) -> None:
        super().__init__(error.message)
        self.error = error


@dataclass(slots=True)
class _Call:
    """One call of the model and what its tries have cost so far.

    ``taken`` says that the try under way was taken on by the server, ``lost`` what such tries took that broke off.
    """

    request: ModelRequest
    model: str
    delayed: Delayed
    bounds: Bounds
    tokens: int
    requests: int = 0
    tries: int = 0
    throttles: int = 0
    waited_s: float = 0.0
    redialled: bool = False
    taken: bool = False
    lost: Usage = _NOTHING
    faults: list[type[EndpointError]] = field(default_factory=list)

    def empty_for_good(self, error: EndpointError) -> Reply | None:
        """Return the empty reply where asking again has not helped: then the model is told."""
        settled = isinstance(error, ReplyEmpty) and self.faults.count(ReplyEmpty) >= MOST_TRIES[ReplyEmpty]
        return error.reply if settled and isinstance(error, ReplyEmpty) else None

    async def suspended(self, error: EndpointError, stalled_s: float, seconds: float) -> None:
        """Give the call up when nothing has got through for too long; tell of a wait that is worth it."""
        if stalled_s + seconds > self.bounds.waited_s:
            raise type(error)(error.message, hint=error.hint, status=error.status, retry_after_s=seconds or None)
        if seconds >= _WORTH_TELLING_S:
            await self.delayed(error, seconds)


def _headers(request: ModelRequest, dialect: Dialect) -> dict[str, str]:
    """Return the headers by which balancers keep calls with one prefix together."""
    return dict.fromkeys(dialect.session_headers, affinity_key(request.affinity)) if request.affinity else {}
