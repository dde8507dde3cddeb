"""One client under one load, in a process of its own: prints what it cost as one line of JSON.

python -m benchmarks.llm_load CLIENT call|stream|history|cold BASE_URL --in-flight 300 --each 10
"""

import argparse
import asyncio
import importlib
import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.llm_clients import CLIENTS, Client, Said, Talk, trusting

TOOL_RESULT = "def function(argument: int) -> int:\n    return argument + 1\n\n" * 32


@dataclass(frozen=True, slots=True)
class Cost:
    """What a load cost its client.

    Attributes:
        replies: calls made.
        cpu_us: processor time of one call in microseconds.
        seconds: wall time of all.
        added_first_p50_ms: the time to a stream's first text beyond what the server held the call for, its median.
        added_first_p99_ms: likewise, the 99th percentile.
        wakes: how often some of a reply came, 0 where that is not known.
    """

    replies: int
    cpu_us: float
    seconds: float
    added_first_p50_ms: float = 0.0
    added_first_p99_ms: float = 0.0
    wakes: float = 0.0


def added_first_s(said: Said) -> float:
    """Return the time to the first text without the time for which the server held the call."""
    return said.first_s - float(said.text.split(" ", 1)[0])


async def many(client: Client, in_flight: int, each: int, spread_s: float, *, warming: bool = False) -> list[Said]:
    """Keep so many calls in flight until each agent has made its calls; agents begin spread over some seconds."""
    said: list[Said] = []

    async def agent(number: int) -> None:
        talk = Talk(number, warming=warming)
        await asyncio.sleep(spread_s * number / in_flight)
        said.extend([await client.ask(talk) for _ in range(each)])

    async with asyncio.TaskGroup() as group:
        for number in range(in_flight):
            group.create_task(agent(number))
    return said


async def growing(client: Client, talks: int, turns: int) -> list[Said]:
    """Let conversations grow by one tool turn a call."""
    said: list[Said] = []

    async def agent(number: int) -> None:
        talk = Talk(number)
        for turn in range(turns):
            said.append(await client.ask(talk))
            talk.add_tool_turn(turn, f"{turn}\n{TOOL_RESULT}")

    async with asyncio.TaskGroup() as group:
        for number in range(talks):
            group.create_task(agent(number))
    return said


async def measure(arguments: argparse.Namespace) -> Cost:
    """Warm the client up, load it, and return what that cost."""
    cold = arguments.load == "cold"
    if arguments.client == "aiohttp":
        importlib.import_module("aiohttp")  # the others' libraries are loaded by now
    began, cpu = time.perf_counter(), time.process_time()
    tls = trusting(arguments.certificate, shared=arguments.client.startswith("swarm"))
    async with CLIENTS[arguments.client](arguments.base_url, tls, arguments.in_flight) as client:
        if not cold:
            await many(client, arguments.in_flight, 4, 0.0, warming=True)
            began, cpu = time.perf_counter(), time.process_time()
        if arguments.load == "history":
            said = await growing(client, arguments.in_flight, arguments.each)
        else:
            said = await many(client, arguments.in_flight, arguments.each, arguments.spread)
        spent, seconds = time.process_time() - cpu, time.perf_counter() - began
    added = sorted(added_first_s(each) * 1e3 for each in said) if arguments.load == "stream" else [0.0]
    middle, late = added[len(added) // 2], added[int(len(added) * 0.99)]
    return Cost(len(said), spent / len(said) * 1e6, seconds, middle, late, sum(each.wakes for each in said) / len(said))


def main() -> None:
    """Run one load."""
    parser = argparse.ArgumentParser(description="One client under one load.")
    parser.add_argument("client", choices=CLIENTS)
    parser.add_argument("load", choices=["call", "stream", "history", "cold"])
    parser.add_argument("base_url")
    parser.add_argument("--in-flight", type=int, default=300)
    parser.add_argument("--each", type=int, default=1, help="calls of each agent, or turns of each conversation")
    parser.add_argument("--spread", type=float, default=0.0, help="seconds over which agents begin")
    parser.add_argument("--certificate", type=Path)
    print(json.dumps(asdict(asyncio.run(measure(parser.parse_args())))))


if __name__ == "__main__":
    main()
