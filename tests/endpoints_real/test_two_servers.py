"""A whole run that plans on one server and works on another."""

import subprocess
import sys
from pathlib import Path

import pytest

from swarm import Endpoint, Limits, Swarm, Task
from swarm.core.events import Integrated, ModelReplied, PlanExtended
from swarm.llm import Timeouts
from tests.endpoints_real.conftest import serving_litellm, serving_llama
from tests.integration.projects import git, make_repository

pytestmark = [pytest.mark.endpoints, pytest.mark.timeout(3_600)]

MODEL = "qwen1.5b"
SLOW = Timeouts(first_event_s=900, idle_s=600, total_s=1_800)
WORDS = '''def shout(text: str) -> str:
    """Return the text in upper case."""
    raise NotImplementedError
'''
TEST = """import words

assert words.shout("hi") == "HI"
assert words.shout("Hello you") == "HELLO YOU"
"""
CHECK = "python3 test_words.py"


async def test_a_run_plans_on_one_server_and_works_on_another(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "words", {"words.py": WORDS, "test_words.py": TEST})
    task = Task(
        instruction="Make the function shout in words.py return its text in upper case. One subtask is enough.",
        repository=str(repository),
        checks=(CHECK,),
        limits=Limits(workers=1, max_steps=8, max_subtasks=2, max_depth=1, max_output_tokens=500),
    )
    with serving_llama(MODEL) as llama, serving_litellm(llama, tmp_path) as litellm:
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
        async with Swarm([planner, worker], home=tmp_path / "home") as swarm:
            run = await swarm.submit(task)
            events = [recorded.event async for recorded in run.events()]
            result = await run.result()
    assert result.done, result.view.reason
    by_role = {
        (event.attempt_id.partition("@")[0] == "plan", event.endpoint)
        for event in events
        if isinstance(event, ModelReplied)
    }
    assert by_role == {(True, "plans"), (False, "works")}
    assert any(isinstance(event, PlanExtended) and event.parent_id for event in events)
    assert any(isinstance(event, Integrated) for event in events)
    git("checkout", "-q", result.branch, cwd=repository)
    assert (repository / "test_words.py").read_text() == TEST
    subprocess.run([sys.executable, "test_words.py"], cwd=repository, check=True)
