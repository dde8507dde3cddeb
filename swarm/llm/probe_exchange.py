"""Questions to an endpoint by which it shows what it can do: each bounded, none repeated, all of them counted."""

import asyncio
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from swarm.core.messages import Reply
from swarm.errors import EndpointError, EndpointUnavailable
from swarm.llm.assembler import ReplyAssembler
from swarm.llm.codec import encode_request
from swarm.llm.dialects import refused_part
from swarm.llm.endpoint import Endpoint
from swarm.llm.faults import Complaint, ErrorDocument, classify, read_complaint
from swarm.llm.http import ConnectionDropped, HttpClient
from swarm.llm.json_text import encoded
from swarm.llm.reader import ReplyReader
from swarm.llm.timers import CallTimers, Deadlines
from swarm.llm.usage import cached_tokens_field
from swarm.protocols import ModelRequest

_PATH = "/chat/completions"


@dataclass(frozen=True, slots=True)
class Observation:
    """What came of one question.

    Attributes:
        reply: the reply; ``None`` when there was none.
        error: why there was none.
        complaint: the server's own words in an error, and its codes; never shown as they are.
        refused: what was on trial is refused.
        headers: those of the response, names in lower case.
        streamed: the reply came as an event stream.
        usage_reported: it came with numbers of tokens.
        cached_field: the field in which cached tokens were reported.
        first_token_s: seconds to the first output.
        seconds: seconds in all.
    """

    reply: Reply | None = None
    error: EndpointError | None = None
    complaint: str = ""
    refused: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)
    streamed: bool = False
    usage_reported: bool = False
    cached_field: str = ""
    first_token_s: float = 0.0
    seconds: float = 0.0

    @property
    def is_clear(self) -> bool:
        """Whether it says something about what the endpoint can do: a reply or a complaint, not a lost connection."""
        return self.reply is not None or bool(self.complaint)


@dataclass(slots=True)
class Spending:
    """What the questions have cost."""

    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0


class Prober:
    """Asks one model at one endpoint.

    What the endpoint refuses of a request is dropped from :attr:`dialect` and asked again without, so that at the end
    the dialect holds what it takes.

    Args:
        endpoint: who is asked.
        model: the model's name there.
        max_calls: requests after which nothing is asked any more.
        clock: seconds that never run backwards.
    """

    def __init__(
        self, endpoint: Endpoint, model: str, *, max_calls: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._endpoint = endpoint
        self._model = model
        self._max_calls = max_calls
        self._clock = clock
        self._http = HttpClient(endpoint)
        self._deadlines = Deadlines()
        self.dialect = endpoint.dialect_of(model)
        self.spent = Spending()

    async def ask(
        self,
        request: ModelRequest,
        *,
        trying: Mapping[str, tuple[str | bool, ...]] | None = None,
        fields: Mapping[str, Any] | None = None,
        temperature: float | None = None,
        most_events: int = 0,
    ) -> Observation:
        """Ask once; what can be left out of a refused request is, and the question asked again.

        Args:
            request: the question.
            trying: parts of the dialect that are on trial, with the ways to try; refused ones are not left out.
            fields: fields of the body that replace those of the encoded request; nothing is learnt from a refusal.
            temperature: sent where the dialect takes one.
            most_events: a streamed reply is cut off after so many events; 0 for no limit.
        """
        tried: dict[str, Any] = dict(trying or {})
        while True:
            asked = replace(self.dialect, **tried)
            payload = encode_request(request, self._model, asked) | dict(fields or {})
            if temperature is not None and asked.sampling:
                payload["temperature"] = temperature
            seen = await self._exchange(payload, most_events)
            if seen.error is None or not seen.complaint:
                return seen
            shaped = request.schema is not None and not request.tools
            part = refused_part(payload, asked, seen.complaint, shaped=shaped)
            if part is None:
                return seen
            if part.part in tried or fields:
                return replace(seen, refused=True)
            self.dialect = self.dialect.without(part)

    async def close(self) -> None:
        """Release connections. Never raises."""
        await self._http.close()

    async def _exchange(self, payload: Mapping[str, Any], most_events: int) -> Observation:
        if self.spent.calls >= self._max_calls:
            return Observation(error=EndpointError(f"not asked: {self._max_calls} requests have been made"))
        body = encoded(dict(payload))
        try:
            try:
                return await self._receive(body, most_events)
            except ConnectionDropped:
                # Often a kept connection that the server had just given up.
                return await self._receive(body, most_events)
        except Complaint as complaint:
            return self._complained(complaint.document)
        except EndpointError as error:
            return Observation(error=error)

    async def _receive(self, body: bytes, most_events: int) -> Observation:
        self.spent.calls += 1
        assembler = ReplyAssembler(request_bytes=len(body))
        reader = ReplyReader(assembler)
        timers = CallTimers(self._endpoint.timeouts, self._deadlines)
        began, first_token_s, events = self._clock(), math.nan, 0

        def take(chunk: bytes) -> None:
            nonlocal first_token_s, events
            events += reader.feed(chunk)
            if 0 < most_events < events:
                self.spent.output_tokens += events
                raise EndpointError("the reply was cut off: it was long enough")
            if math.isnan(first_token_s) and assembler.has_output:
                first_token_s = self._clock() - began

        try:
            with timers:
                async with await self._http.request("POST", _PATH, body=body) as response:
                    headers = dict(response.headers)
                    if response.status != 200:
                        document = read_complaint(response.status, response.headers, await response.start_of_body())
                        raise Complaint(document)
                    await response.read(take)
        except TimeoutError:
            raise EndpointUnavailable(f"{self._endpoint.host} took too long; waited for {timers.phase}") from None
        reply = reader.close()
        self.spent.input_tokens += reply.usage.input_tokens
        self.spent.output_tokens += reply.usage.output_tokens
        seconds = self._clock() - began
        return Observation(
            reply=reply,
            headers=headers,
            streamed=events > 0,
            usage_reported=not reply.usage.estimated,
            cached_field=cached_tokens_field(assembler.reported_usage),
            first_token_s=seconds if math.isnan(first_token_s) else first_token_s,
            seconds=seconds,
        )

    def _complained(self, document: ErrorDocument) -> Observation:
        error = classify(document, host=self._endpoint.host, secrets=(self._endpoint.api_key,))
        return Observation(error=error, complaint=f"{document.message} {document.raw}")


async def ask_together(prober: Prober, requests: list[ModelRequest]) -> list[Observation]:
    """Ask several questions at the same time; returns when all are over."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(prober.ask(request)) for request in requests]
    return [task.result() for task in tasks]
