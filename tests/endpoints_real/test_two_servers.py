"""A whole run that plans on one server and works on another."""

from pathlib import Path

import pytest

from swarm import Endpoint, Limits, Swarm, Task
from swarm.core.events import Integrated, ModelReplied, PlanExtended
from swarm.llm import Timeouts
from tests.endpoints_real.conftest import RealServer
from tests.integration.projects import make_repository

pytestmark = [pytest.mark.endpoints, pytest.mark.timeout(1_800)]

SLOW = Timeouts(first_event_s=600, idle_s=600, total_s=900)
TEXTKIT = Path(__file__).parents[2] / "tasks" / "textkit"


def textkit_repository(path: Path) -> Path:
    start = TEXTKIT / "repo"
    files = [file for file in sorted(start.rglob("*")) if file.is_file() and "__pycache__" not in file.parts]
    return make_repository(path, {str(file.relative_to(start)): file.read_text() for file in files})


async def test_a_run_plans_on_one_server_and_works_on_another(
    tmp_path: Path, llama: RealServer, litellm: RealServer
) -> None:
    planner = Endpoint(
        llama.base_url, model=llama.model, name="plans", roles=("planner",), temperature=0.0, timeouts=SLOW
    )
    worker = Endpoint(
        litellm.base_url,
        api_key=litellm.key,
        model=litellm.model,
        name="works",
        roles=("worker",),
        temperature=0.0,
        timeouts=SLOW,
        tools="action",
    )
    task = Task(
        instruction=(TEXTKIT / "instruction.md").read_text(),
        repository=str(textkit_repository(tmp_path / "textkit")),
        checks=("python3 -m unittest discover -s tests -t . -q",),
        protected=("tests/**",),
        limits=Limits(workers=1, max_attempts=3, max_handins=1, max_steps=8, max_output_tokens=1_000),
    )
    async with Swarm([planner, worker], home=tmp_path / "home") as swarm:
        run = await swarm.submit(task)
        events = [recorded.event async for recorded in run.events()]
        result = await run.result()
    assert result.ended is not None
    by_subtask = {
        (event.attempt_id.partition("@")[0] == "plan", event.endpoint)
        for event in events
        if isinstance(event, ModelReplied)
    }
    assert by_subtask == {(True, "plans"), (False, "works")}
    assert any(isinstance(event, PlanExtended) and event.parent_id for event in events)
    assert any(isinstance(event, Integrated) for event in events), "no subtask at all got done"
