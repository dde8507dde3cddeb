"""What a streamed chunk costs, whatever else the machine does: writer and readers in one process, in step.

Under the loads of ``bench_llm`` a server writes by the clock, so that on a busy machine chunks are read in bunches by
clients that would read them one by one, and cost less. Here a round begins when all of the last one is read: raw
asyncio with httptools and swarm's client one chunk a wake-up, and swarm's client several chunks a wake-up with a pause
between, as it reads where there are many streams.
"""

import asyncio
import socket
import statistics
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from benchmarks.canned_server import HEAD, PIECE, event
from benchmarks.llm_clients import RawConnection, Reading
from swarm.llm.assembler import ReplyAssembler
from swarm.llm.reader import ReplyReader
from swarm.llm.transport_httptools import Connection

STREAMS = 100
CHUNKS = 120
AT_A_TIME = 5
"""About as many chunks as a stream's pause holds back that writes 30 a second."""

_REQUEST = b"POST / HTTP/1.1\r\n\r\n"


@dataclass(slots=True)
class Stream:
    """One stream: the writer's end, how many chunks its reader has, and what ends it."""

    writer: socket.socket
    chunks: Callable[[], int]
    abort: Callable[[], None]
    reading: asyncio.Task[None]
    resume: Callable[[], None] = field(default=lambda: None)


async def raw_stream() -> Stream:
    """Open a stream that the floor reads."""
    reader, writer = socket.socketpair()
    loop = asyncio.get_running_loop()
    _, connection = await loop.create_connection(RawConnection, sock=reader)
    reading = Reading()
    task = loop.create_task(connection.exchange(_REQUEST + b"%d", b"", reading))
    return Stream(writer, lambda: len(reading.texts), connection.close, task)


async def our_stream(*, pausing: bool) -> Stream:
    """Open a stream that swarm reads, with a pause after each piece or none."""
    reader, writer = socket.socketpair()
    loop = asyncio.get_running_loop()
    _, connection = await loop.create_connection(Connection, sock=reader)
    chunks = 0
    replies = ReplyReader(ReplyAssembler())

    def take(data: bytes) -> None:
        nonlocal chunks
        chunks += replies.feed(data)
        if pausing:
            connection.pause()

    async def read() -> None:
        await connection.send(_REQUEST)
        await connection.read(take)

    return Stream(writer, lambda: chunks, connection.abort, loop.create_task(read()), connection.catch_up)


async def cost_us(open_one: Callable[[], Coroutine[Any, Any, Stream]], at_a_time: int) -> float:
    """Return the processor time of one chunk in microseconds."""
    streams = [await open_one() for _ in range(STREAMS)]
    await asyncio.sleep(0.01)
    spent = 0.0
    for number in range(CHUNKS // at_a_time):
        data = event(PIECE) * at_a_time if number else HEAD + event(PIECE) * at_a_time
        for stream in streams:
            stream.writer.send(data)
        wanted = (number + 1) * at_a_time
        began = time.process_time()
        for stream in streams:
            stream.resume()
        while min(stream.chunks() for stream in (streams[0], streams[-1])) < wanted:  # noqa: ASYNC110
            await asyncio.sleep(0)
        spent += time.process_time() - began
        while min(stream.chunks() for stream in streams) < wanted:  # noqa: ASYNC110
            await asyncio.sleep(0)
    for stream in streams:
        stream.reading.cancel()
        stream.abort()
        stream.writer.close()
    await asyncio.gather(*(stream.reading for stream in streams), return_exceptions=True)
    return spent / STREAMS / CHUNKS * 1e6


async def measure_lockstep(rounds: int = 5) -> dict[str, float | None]:
    """Measure in turns, print the costs, and return ours to the floor's, the median of all rounds of each."""
    ways: dict[str, tuple[Callable[[], Coroutine[Any, Any, Stream]], int]] = {
        "raw": (raw_stream, 1),
        "swarm-watched": (lambda: our_stream(pausing=False), 1),
        "swarm": (lambda: our_stream(pausing=True), AT_A_TIME),
    }
    costs: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, (open_one, at_a_time) in ways.items():
            costs[name].append(await cost_us(open_one, at_a_time))
    middle = {name: statistics.median(found) for name, found in costs.items()}
    print(f"{'a chunk, in step':<26}{'CPU us':>9}{'/raw':>7}")
    for name, us in middle.items():
        print(f"  {name:<24}{us:>9.1f}{us / middle['raw']:>7.2f}", flush=True)
    return {
        "chunk_lockstep_vs_raw": round(middle["swarm-watched"] / middle["raw"], 2),
        "chunk_lockstep_coalesced_vs_raw": round(middle["swarm"] / middle["raw"], 2),
    }


if __name__ == "__main__":
    print(asyncio.run(measure_lockstep()))
