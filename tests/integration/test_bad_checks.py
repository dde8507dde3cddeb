"""Checks that hang, print without end or flake: each run ends in a recorded, explained state, and no more is spent.

Checks that cannot run and checks that pass on the untouched start are in ``tests/verifier/test_baseline.py``.
"""

from pathlib import Path

import pytest

from swarm import Endpoint, Limits, Plan, RunResult, Swarm, Task
from swarm.core.events import Event, RunChecked, RunOutcome, SubtaskEnded, VerdictGiven
from swarm.testing.endpoint import SimulatedEndpoint
from tests.integration.projects import file_plan, file_scenario, make_repository

ONE_TRY = Limits(max_attempts=1, max_handins=1, check_timeout_s=1.0, check_every=0)
PRINTED = 200_000_000


async def checked_by(tmp_path: Path, *, check: str = "", run_check: str = "") -> tuple[RunResult, list[Event]]:
    """Carry one subtask out that has this check, in a run that has that one."""
    (subtask,) = file_plan(1).subtasks
    plan = Plan(subtasks=(subtask.model_copy(update={"checks": (check,) if check else subtask.checks}),))
    task = Task(
        instruction="x",
        repository=str(make_repository(tmp_path / "repository")),
        checks=(run_check,) if run_check else (),
        limits=ONE_TRY,
    )
    async with (
        SimulatedEndpoint(file_scenario(file_plan(1))) as simulated,
        Swarm(Endpoint(simulated.base_url, model="m"), home=tmp_path / "home", sandbox="none") as swarm,
    ):
        run = await swarm.submit(task, plan=plan, run_id="r")
        events = [recorded.event async for recorded in run.events()]
        return await run.result(), events


@pytest.mark.parametrize(
    ("check", "said"),
    [
        ("sleep 600", "time limit"),
        (f"head -c {PRINTED} /dev/zero | tr '\\0' x; false", "it printed more than 10485760 bytes"),
    ],
    ids=["hangs", "prints without end"],
)
async def test_a_check_that_never_ends_or_prints_without_end_fails_the_subtask_and_no_more_is_spent(
    tmp_path: Path, check: str, said: str
) -> None:
    result, events = await checked_by(tmp_path, check=check)
    assert result.ended is not None
    assert result.ended.outcome is RunOutcome.FAILED
    (ended,) = [event for event in events if isinstance(event, SubtaskEnded)]
    assert said in ended.reason
    (verdict,) = [event.verdict for event in events if isinstance(event, VerdictGiven)]
    assert not verdict.accepted
    assert result.view.spent.calls == 4  # those of its one attempt
    journal = tmp_path / "home" / "runs" / "r" / "journal.db"
    assert journal.stat().st_size < 5_000_000
    assert verdict.checks[0].runs == 1  # it would be the same again


async def test_a_check_that_flakes_at_the_end_is_run_again_and_recorded_as_flaky(tmp_path: Path) -> None:
    count = tmp_path / "count"  # how often it ran: it passes on the start, fails at the end, and passes again
    flaky = f"n=$(cat {count} 2>/dev/null || echo 0); echo $((n + 1)) > {count}; test $n -ne 1"
    result, events = await checked_by(tmp_path, run_check=flaky)
    assert result.ended is not None
    assert result.ended.outcome is RunOutcome.DONE
    (checked,) = [event.verdict for event in events if isinstance(event, RunChecked)]
    assert [(found.runs, found.passed, found.flaky) for found in checked.checks] == [(2, True, True)]
    assert count.read_text().strip() == "3"
