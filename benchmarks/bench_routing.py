"""What affinity is worth: the share of input tokens that prefix caches serve, with it, at random, and at best.

Simulated endpoints in processes of their own, each with a prefix cache, and conversations that grow turn by turn, all
of them at the same time. The same conversations are asked of a pool with affinity, of a pool whose calls have no key
and so go anywhere, and of one endpoint alone, whose cache sees everything: no routing can do better.

    python -m benchmarks.bench_routing [--endpoints 3] [--sessions 90] [--turns 12] [--cache-tokens 400000]
"""

import argparse
import asyncio
import json
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from swarm.core.limits import Usage
from swarm.core.messages import Message, Role
from swarm.errors import EndpointError
from swarm.llm import Endpoint, EndpointPool
from swarm.protocols import ModelRequest, ToolSpec

SCENARIO = """
seed = 1
models = ["m"]

[speed]
first_token_ms = [5, 20]

[cache]
capacity_tokens = {capacity}

[[answers]]
subtask = "*"
steps = [{{ tool = "read_file", path = "src/module.py" }}]
"""
RULES_CHARACTERS = 8_000
RESULT_CHARACTERS = 3_000
READ_FILE = ToolSpec("read_file", "Read a file.", {"type": "object", "properties": {"path": {"type": "string"}}})


@dataclass(frozen=True, slots=True)
class Load:
    """How many endpoints, conversations and turns, and what each endpoint's cache holds in tokens."""

    endpoints: int
    sessions: int
    turns: int
    cache_tokens: int


@contextmanager
def simulated(folder: Path, capacity: int) -> Iterator[str]:
    """Serve an endpoint in a process of its own; give its base URL."""
    scenario = folder / f"scenario-{capacity}.toml"
    scenario.write_text(SCENARIO.format(capacity=capacity))
    command = [sys.executable, "-m", "swarm.testing.endpoint", "--scenario", str(scenario)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            ready = process.stdout.readline().split()
            if ready[:1] != ["READY"]:
                raise SystemExit("a simulated endpoint did not start")
            yield ready[1]
        finally:
            process.terminate()


async def ignore(error: EndpointError, seconds: float) -> None:
    """Waits are not what is measured."""


async def converse(pool: EndpointPool, number: int, turns: int, *, keyed: bool) -> Usage:
    """Carry a conversation of some turns and return what it used."""
    words = random.Random(number)
    rules = "Rules. " * (RULES_CHARACTERS // 7)
    messages = [Message(Role.SYSTEM, rules), Message(Role.USER, f"# Subtask: s{number}\nDo it.")]
    used = Usage()
    for _ in range(turns):
        request = ModelRequest("worker", messages, [READ_FILE], affinity=f"s{number}@1" if keyed else "")
        reply = (await pool.reply(request, delayed=ignore)).reply
        used += reply.usage
        result = "".join(words.choices("abcdefghij \n", k=RESULT_CHARACTERS))
        messages = [*messages, Message(Role.ASSISTANT, reply=reply)]
        messages += [Message(Role.TOOL, result, tool_call_id=call.id) for call in reply.tool_calls]
    return used


async def measure(urls: Sequence[str], load: Load, *, keyed: bool) -> float:
    """Return the share of all input tokens that caches served."""
    endpoints = [Endpoint(url, model="m", name=f"e{number}") for number, url in enumerate(urls)]
    pool = EndpointPool(endpoints, random=random.random)
    try:
        async with asyncio.TaskGroup() as group:
            sessions = [
                group.create_task(converse(pool, number, load.turns, keyed=keyed)) for number in range(load.sessions)
            ]
    finally:
        await pool.close()
    used = sum((session.result() for session in sessions), Usage())
    return used.cached_tokens / used.input_tokens


def cached_share(load: Load, *, endpoints: int, keyed: bool) -> float:
    """Return the cached share over fresh endpoints, whose caches hold the same together however many they are."""
    capacity = load.cache_tokens * load.endpoints // endpoints
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        urls = [stack.enter_context(simulated(Path(folder), capacity)) for _ in range(endpoints)]
        return asyncio.run(measure(urls, load, keyed=keyed))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--endpoints", type=int, default=3)
    parser.add_argument("--sessions", type=int, default=90)
    parser.add_argument("--turns", type=int, default=12)
    parser.add_argument("--cache-tokens", type=int, default=400_000, help="what the cache of one endpoint holds")
    given = parser.parse_args()
    load = Load(given.endpoints, given.sessions, given.turns, given.cache_tokens)
    shares = {
        "cached_share_affinity": cached_share(load, endpoints=load.endpoints, keyed=True),
        "cached_share_random": cached_share(load, endpoints=load.endpoints, keyed=False),
        "cached_share_best": cached_share(load, endpoints=1, keyed=True),
    }
    sys.stdout.write(f"{load.sessions} conversations of {load.turns} turns over {load.endpoints} endpoints\n")
    for name, share in shares.items():
        sys.stdout.write(f"  {name.removeprefix('cached_share_'):<9} {share:6.1%} of input tokens cached\n")
    metrics = {name: round(share, 4) for name, share in shares.items()}
    metrics["affinity_vs_best"] = round(shares["cached_share_affinity"] / shares["cached_share_best"], 4)
    sys.stdout.write(json.dumps({"bench": "bench-routing", "metrics": metrics}) + "\n")


if __name__ == "__main__":
    main()
