"""How much of what 300 agents send is read from the endpoints' prefix caches, beside the most that could be.

The agents' conversations grow by a tool turn a call; a pool of simulated endpoints answers them, each with a prefix
cache of its own. The best possible for the same calls is one cache for all of them that knows each prompt at once.
"""

import asyncio
import random
from contextlib import AsyncExitStack

import pydantic_core

from benchmarks.llm_clients import TOOLS, WIRE_TOOLS, Talk
from benchmarks.llm_load import TOOL_RESULT
from swarm.errors import EndpointError
from swarm.llm import Endpoint
from swarm.llm.pool import EndpointPool
from swarm.protocols import ModelRequest
from swarm.testing.endpoint import Answer, Cache, Scenario, SimulatedEndpoint, step
from swarm.testing.endpoint.prefix_cache import PrefixCache
from swarm.testing.endpoint.request import estimate_tokens


async def measure_prefix_cache(agents: int = 300, calls: int = 8, endpoints: int = 3) -> dict[str, float | None]:
    """Run the agents, print the cached shares, and return our share of the best one."""
    best = PrefixCache(Cache(capacity_tokens=1_000_000_000))
    sent = possible = inputs = cached = 0

    async def agent(number: int) -> None:
        nonlocal sent, possible, inputs, cached
        talk = Talk(number)
        for turn in range(calls):
            prompt = pydantic_core.to_json([WIRE_TOOLS, talk.wire])
            possible += best.lookup("sim", prompt, 0.0)
            best.store("sim", prompt, 0.0)
            sent += estimate_tokens(prompt)
            request = ModelRequest("worker", talk.messages, TOOLS, affinity=f"s{number}@1")
            usage = (await pool.reply(request, delayed=_delayed)).reply.usage
            inputs += usage.input_tokens
            cached += usage.cached_tokens
            talk.add_tool_turn(turn, f"{number} {turn}\n{TOOL_RESULT}")

    scenario = Scenario(answers=[Answer(steps=[step(text="Done.")])])
    async with AsyncExitStack() as stack:
        servers = [await stack.enter_async_context(SimulatedEndpoint(scenario)) for _ in range(endpoints)]
        places = [Endpoint(server.base_url, model="sim", name=str(place)) for place, server in enumerate(servers)]
        pool = EndpointPool(places, random=random.random)
        try:
            async with asyncio.TaskGroup() as group:
                for number in range(agents):
                    group.create_task(agent(number))
        finally:
            await pool.close()
    ours, most = cached / inputs, possible / sent
    print(f"input read from prefix caches, {agents} agents, {endpoints} endpoints: {ours:.1%}; the best: {most:.1%}")
    return {"prefix_cached_share": round(ours, 3), "prefix_cache_vs_best": round(ours / most, 3)}


async def _delayed(error: EndpointError, seconds: float) -> None:
    print(f"a call waits {seconds:.1f} s: {error}")
