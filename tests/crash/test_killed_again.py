"""Killed for want of memory, and killed again while a resume is under way."""

import asyncio
import signal
from pathlib import Path

from swarm.core.events import ToolCalled, ToolReturned
from swarm.journal.reader import JournalReader
from swarm.testing.endpoint import Answer, SimulatedEndpoint, step
from tests.integration.projects import (
    WRITE_IT,
    as_json,
    branch_files,
    file_plan,
    file_scenario,
    make_repository,
    recorded_replies,
    run_swarm,
)


async def test_a_command_that_is_killed_is_told_to_the_model_and_not_repeated(tmp_path: Path) -> None:
    plan, home = file_plan(1), tmp_path / "home"
    (tmp_path / "plan.json").write_text(as_json(plan))
    greedy = "echo begun; bash -c 'kill -KILL $$'; exit $?"  # what is left to see of a process that the kernel chose
    scenario = file_scenario(plan, Answer(subtask="s0", steps=[step("shell", command=greedy), *WRITE_IT]))
    async with SimulatedEndpoint(scenario) as endpoint:
        done = await asyncio.to_thread(
            run_swarm, "run", "x", "--repo", str(make_repository(tmp_path / "repository")), "--run-id", "r",
            "--plan", str(tmp_path / "plan.json"), "--base-url", endpoint.base_url, "--model", "m",
            "--sandbox", "none", "--display", "none", home=home,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    with JournalReader(home / "runs/r/journal.db") as reader:
        events = [recorded.event for recorded in reader.events(attempt_id="s0@1")]
    told = next(event.content for event in events if isinstance(event, ToolReturned))
    assert "SIGKILL" in told
    assert "begun" in told
    called = [event.step for event in events if isinstance(event, ToolCalled)]
    assert called == sorted(set(called)), "each call was made once"


async def test_killed_at_every_point_of_a_resume_and_resumed(tmp_path: Path) -> None:
    repository, plan, home = make_repository(tmp_path / "repository"), file_plan(3), tmp_path / "home"
    (tmp_path / "plan.json").write_text(as_json(plan))
    async with SimulatedEndpoint(file_scenario(plan)) as endpoint:
        common = ("--base-url", endpoint.base_url, "--model", "m", "--sandbox", "none", "--display", "none")
        begin = ("run", "x", "--repo", str(repository), "--plan", str(tmp_path / "plan.json"), "--run-id", "r")
        killed = await asyncio.to_thread(run_swarm, *begin, *common, home=home, SWARM_FAILPOINT="tool.done:2")
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        recorded, before = recorded_replies(home / "runs/r/journal.db"), len(endpoint.ledger.calls)
        for point in ("open.restored", "open.prepared", "open.recorded", "open.recorded", "journal.before-commit"):
            resumed = await asyncio.to_thread(run_swarm, "resume", "r", *common, home=home, SWARM_FAILPOINT=point)
            assert resumed.returncode == -signal.SIGKILL, (point, resumed.stderr)
        resumed = await asyncio.to_thread(run_swarm, "resume", "r", *common, home=home)
        assert resumed.returncode == 0, resumed.stderr
        bought = {(f"{call.subtask}@{call.attempt}", call.step + 1) for call in endpoint.ledger.calls[before:]}
        assert not bought & recorded
    assert {f"f{number}.txt" for number in range(3)} <= branch_files(repository, "swarm/r").keys()
    verified = await asyncio.to_thread(run_swarm, "verify", "r", home=home)
    assert verified.returncode == 0, verified.stdout
