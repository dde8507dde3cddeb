"""A whole run that plans on one server and works on another."""

from pathlib import Path

import pytest

from swarm import Endpoint, Limits, Swarm, Task
from swarm.core.events import Integrated, ModelReplied, PlanExtended
from swarm.llm import Timeouts
from tests.endpoints_real.conftest import RealServer
from tests.integration.projects import make_repository

pytestmark = [pytest.mark.endpoints, pytest.mark.timeout(3_600)]

SLOW = Timeouts(first_event_s=900, idle_s=600, total_s=1_800)
WORDS = '''def shout(text: str) -> str:
    """Return the text in upper case."""
    raise NotImplementedError
'''
CHECK = "python3 -c \"import words; assert words.shout('hi') == 'HI'\""


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
        instruction="Make the function shout in words.py return its text in upper case. One subtask is enough.",
        repository=str(make_repository(tmp_path / "words", {"words.py": WORDS})),
        checks=(CHECK,),
        limits=Limits(
            workers=1, max_attempts=3, max_handins=2, max_steps=8, max_subtasks=4, max_depth=1, max_output_tokens=500
        ),
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
