"""Answers one chat completion: decides with the pure parts, waits and writes."""

import asyncio
import contextlib
import time
from dataclasses import dataclass

from swarm.testing.endpoint.answers import Completion, Script
from swarm.testing.endpoint.completion import (
    Envelope,
    TokenCounts,
    encode,
    output_tokens,
    stream_frames,
    whole_body,
)
from swarm.testing.endpoint.connection import Connection
from swarm.testing.endpoint.faults import choose_fault, refusal, spoil
from swarm.testing.endpoint.holds import Holds
from swarm.testing.endpoint.ledger import Ledger, OpenCall, Outcome
from swarm.testing.endpoint.prefix_cache import PrefixCache
from swarm.testing.endpoint.request import ChatRequest, Refused, parse_chat_request
from swarm.testing.endpoint.scenario import Fault, Scenario
from swarm.testing.endpoint.seeded import fingerprint
from swarm.testing.endpoint.timing import Pace, pace

HEADERS = [("x-simulated", "true")]
JSON_HEADERS = [*HEADERS, ("content-type", "application/json")]
STREAM_HEADERS = [*HEADERS, ("content-type", "text/event-stream; charset=utf-8"), ("cache-control", "no-cache")]


@dataclass(frozen=True, slots=True)
class _Exchange:
    """One call on its way: where the reply goes, what was asked, what goes wrong."""

    connection: Connection
    chat: ChatRequest
    call: OpenCall
    fault: Fault | None

    def suffers(self, kind: str) -> bool:
        return self.fault is not None and self.fault.kind == kind

    @property
    def silence_s(self) -> float:
        return self.fault.seconds if self.fault is not None and self.fault.kind == "stall" else 0.0


class ChatService:
    """The endpoint's models.

    Args:
        scenario: what they answer.
        ledger: where calls are counted.
        holds: where calls wait when a test asks for it.

    Raises:
        ScenarioError: the scenario's plan cannot be used.
    """

    def __init__(self, scenario: Scenario, ledger: Ledger, holds: Holds) -> None:
        self._scenario = scenario
        self._ledger = ledger
        self._holds = holds
        self._script = Script(scenario)
        self._cache = PrefixCache(scenario.cache)
        self._slots = asyncio.Semaphore(scenario.speed.slots) if scenario.speed.slots else None

    async def handle(self, connection: Connection, body: bytes) -> None:
        """Answer one request.

        Raises:
            Refused: the reply is an error that has not been sent yet.
            ConnectionError: the client is gone.
        """
        chat = parse_chat_request(body, self._scenario)
        call = self._ledger.begin(chat.identity, chat.model, chat.input_tokens)
        outcome: Outcome = "aborted"
        try:
            outcome = await self._answer(self._exchange(connection, chat, call))
        except Refused as refused:
            call.status, outcome = refused.status, "refused"
            raise
        finally:
            call.status = call.status or connection.status
            self._ledger.end(call, outcome)

    def _exchange(self, connection: Connection, chat: ChatRequest, call: OpenCall) -> _Exchange:
        fault = choose_fault(
            self._scenario.faults,
            self._scenario.seed,
            chat.identity,
            call.try_number,
            call.number,
        )
        call.fault = fault.kind if fault is not None else ""
        return _Exchange(connection, chat, call, fault)

    async def _answer(self, exchange: _Exchange) -> Outcome:
        await self._holds.pass_through(exchange.chat.identity.subtask, "start")
        if exchange.suffers("reset"):
            exchange.connection.reset()
            return "aborted"
        if exchange.fault is not None and (refused := refusal(exchange.fault, exchange.chat)) is not None:
            raise refused
        completion = self._script.complete(exchange.chat)
        if exchange.fault is not None:
            completion = spoil(exchange.fault, completion)
        async with self._slots or contextlib.nullcontext():
            return await self._deliver(exchange, completion)

    async def _deliver(self, exchange: _Exchange, completion: Completion) -> Outcome:
        chat, call = exchange.chat, exchange.call
        cached = self._cache.lookup(chat.model, chat.prompt, time.monotonic())
        call.counts = TokenCounts(chat.input_tokens, cached, output_tokens(completion))
        key = chat.identity.key
        beat = pace(self._scenario.speed, self._scenario.seed, key, call.try_number, call.counts.output)
        await asyncio.sleep(beat.first_token_s)
        self._cache.store(chat.model, chat.prompt, time.monotonic())
        envelope = Envelope(
            id=f"chatcmpl-{fingerprint(self._scenario.seed, key, call.try_number)}",
            model=chat.model,
            created=int(time.time()),
            features=self._scenario.features,
            counts=call.counts,
        )
        if chat.stream:
            frames = stream_frames(completion, envelope, beat.chunks, include_usage=chat.include_usage)
            return await self._send_stream(exchange, frames, beat)
        return await self._send_whole(exchange, encode(whole_body(completion, envelope)), beat)

    async def _send_whole(self, exchange: _Exchange, body: bytes, beat: Pace) -> Outcome:
        await self._holds.pass_through(exchange.chat.identity.subtask, "middle")
        await asyncio.sleep(beat.rest_s + exchange.silence_s)
        if not exchange.suffers("disconnect"):
            await exchange.connection.send_whole(200, JSON_HEADERS, body)
            return "delivered"
        headers = [*JSON_HEADERS, ("content-length", str(len(body)))]
        await exchange.connection.send_first(200, headers, body[: len(body) // 2])
        return "aborted"

    async def _send_stream(self, exchange: _Exchange, frames: list[bytes], beat: Pace) -> Outcome:
        connection = exchange.connection
        await connection.send_first(200, STREAM_HEADERS, frames[0])
        await self._holds.pass_through(exchange.chat.identity.subtask, "middle")
        await asyncio.sleep(exchange.silence_s)
        cut = exchange.suffers("disconnect")
        for frame in frames[1 : len(frames) // 2 if cut else -1]:
            await asyncio.sleep(beat.gap_s)
            await connection.send(frame)
        if cut:
            return "aborted"
        await asyncio.sleep(beat.gap_s)
        await connection.send_last(frames[-1])
        return "delivered"
