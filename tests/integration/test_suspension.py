"""A throttled endpoint in the middle of a run: a state that is shown, no failure; told of once, not by every agent."""

import asyncio
import json
from collections import Counter
from pathlib import Path

from swarm import Swarm
from swarm.core.events import EndpointChanged, Event, ModelCalled, ModelDelayed, Recorded, RunOutcome
from swarm.core.limits import Limits
from swarm.core.task import Task
from swarm.core.views import RunView
from swarm.display.base import figures
from swarm.llm import Endpoint
from swarm.testing.endpoint import Fault, SimulatedEndpoint
from tests.integration.projects import file_plan, file_scenario, make_repository, run_swarm

AGENTS = 24


async def test_a_rate_limit_suspends_agents_and_costs_no_attempt(tmp_path: Path) -> None:
    repository, home = make_repository(tmp_path / "repository"), tmp_path / "home"
    plan = file_plan(AGENTS)
    # The first calls of a storm are refused until somebody has waited.
    storm = Fault(kind="rate_limit", times=0, after_calls=20, until_calls=22, retry_after_s=4)
    scenario = file_scenario(plan).model_copy(update={"faults": [storm]})
    events: list[Event] = []
    closed = asyncio.Event()

    def observe(recorded: Recorded, view: RunView) -> None:
        events.append(recorded.event)
        if isinstance(recorded.event, EndpointChanged):
            closed.set()

    async with SimulatedEndpoint(scenario) as endpoint:
        model = Endpoint(endpoint.base_url, model="m", name="limited")
        async with Swarm(model, home=home, sandbox="none") as swarm:
            task = Task(instruction="Write files.", repository=str(repository), limits=Limits(workers=AGENTS))
            run = await swarm.submit(task, plan=plan, run_id="r", observer=observe)
            async with asyncio.timeout(60):
                await closed.wait()
            view = await run.view()
            shown = figures(view, view.last_at)
            status = await asyncio.to_thread(run_swarm, "status", "r", home=home)
            as_object = await asyncio.to_thread(run_swarm, "status", "r", "--json", home=home)
            result = await run.result()
        refused = sum(call.outcome == "refused" for call in endpoint.ledger.calls)
    assert result.ended is not None
    assert result.ended.outcome is RunOutcome.DONE
    assert any("suspended by rate limit" in item for item in shown)
    assert "no attempt is spent" in status.stdout
    assert "endpoint limited throttled" in status.stdout
    assert [each["state"] for each in json.loads(as_object.stdout)["endpoints"]] == ["throttled"]
    counts = Counter(type(event) for event in events)
    assert {attempt.number for attempt in result.view.attempts.values()} == {1}
    assert 1 <= counts[EndpointChanged] <= 2
    # However many agents wait and however often: one for a call at most.
    assert counts[ModelDelayed] <= counts[ModelCalled]
    assert refused == 2
