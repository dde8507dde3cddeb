"""A straggler that a chain waits for gets a second attempt; that is accepted first, and the straggler is ended."""

import asyncio
import os
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from swarm import Endpoint, Limits, Swarm, Task
from swarm.core.audit import Audit
from swarm.core.events import AttemptEnded, AttemptOutcome, AttemptStarted, Integrated, ModelCalled, ModelReplied
from swarm.core.plan import Plan
from swarm.journal.reader import JournalReader
from swarm.report import markdown
from swarm.testing.endpoint import Answer, Fault, SimulatedEndpoint, step
from swarm.workspace.bare_repository import path_name
from tests.integration.projects import (
    environment,
    file_plan,
    file_scenario,
    git,
    make_repository,
    run_swarm,
    swarm_command,
)

LIMITS = Limits(workers=4, hedge=1.5, hedge_samples=3)


def chain() -> Plan:
    """Return a plan of three quick subtasks, a slow one of the same kind, and one that waits for that."""
    *quick, slow, last = file_plan(5).subtasks
    return Plan(subtasks=(*quick, slow, last.model_copy(update={"depends_on": (slow.id,)})))


async def until(happened: Callable[[], bool]) -> None:
    while not happened():
        await asyncio.sleep(0.02)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("hangs_in", ["a command", "a call"])
async def test_a_straggler_on_the_chain_is_outrun_and_ended(tmp_path: Path, hangs_in: str) -> None:
    repository = make_repository(tmp_path / "repository")
    pids = tmp_path / "pid"
    sleep = f"echo $$ > {shlex.quote(str(pids))}; sleep 600 & wait"
    slow = Answer(
        subtask="s3",
        attempt=1,
        steps=[
            step("write_file", path="f3.txt", content="done by the straggler\n"),
            *([step("shell", command=sleep)] if hangs_in == "a command" else []),
            step("finish", summary="Wrote it."),
        ],
    )
    scenario = file_scenario(chain(), slow)
    if hangs_in == "a call":
        stall = Fault(kind="stall", subtask="s3", attempt=1, seconds=600)
        scenario = scenario.model_copy(update={"faults": [stall]})
    async with (
        SimulatedEndpoint(scenario) as simulated,
        Swarm(Endpoint(simulated.base_url, model="m"), home=tmp_path / "home", sandbox="none") as swarm,
    ):
        task = Task(instruction="x", repository=str(repository), limits=LIMITS)
        async with asyncio.timeout(30), simulated.hold("s4") as hold:
            run = await swarm.submit(task, plan=chain())
            await hold.reached(1)  # what waited for the slow subtask has begun
            await until(lambda: simulated.ledger.in_flight == 1)  # no call but that one
            await until(lambda: not (run.folder.attempts / path_name("s3@1")).exists())
            if hangs_in == "a command":
                await until(lambda: not is_alive(int(pids.read_text())))
        events = [recorded.event async for recorded in run.events()]
        result = await run.result()
    assert result.done
    (hedge,) = [event for event in events if isinstance(event, AttemptStarted) and event.hedge]
    assert hedge.attempt_id == "s3@2"
    assert hedge.hedge is not None
    assert hedge.hedge.straggler == "s3@1"
    ended = {event.attempt_id: event for event in events if isinstance(event, AttemptEnded)}
    assert ended["s3@1"].outcome is AttemptOutcome.OUTRUN
    assert ended["s3@1"].reason == "s3@2 was accepted first"
    assert ended["s3@2"].outcome is AttemptOutcome.INTEGRATED
    if hangs_in == "a command":
        spent = sum(
            each.reply.usage.total_tokens
            for each in events
            if isinstance(each, ModelReplied) and each.attempt_id == "s3@1"
        )
        assert spent > 0
        assert result.view.wasted.usage.total_tokens == spent
        assert f"1 begun, 1 accepted first; {spent:,} tokens" in markdown(result.view)
    # the branch has the winner's commit and no other one of this subtask
    merged = [event.attempt_id for event in events if isinstance(event, Integrated)]
    assert [name for name in merged if name.startswith("s3@")] == ["s3@2"]
    log = git("log", "--format=%(trailers:key=Swarm-Attempt,valueonly)", f"main..{result.branch}", cwd=repository)
    assert "s3@2" in log.split()
    assert "s3@1" not in log.split()
    assert git("show", f"{result.branch}:f3.txt", cwd=repository) == "done"


async def test_a_kill_while_both_are_at_work_leaves_both_to_go_on_and_one_of_them_counts(tmp_path: Path) -> None:
    repository, home = make_repository(tmp_path / "repository"), tmp_path / "home"
    plan = file_plan(6)
    (tmp_path / "plan.json").write_text(plan.model_dump_json(exclude_none=True))
    stall = Fault(kind="stall", subtask="s5", attempt=1, seconds=600, times=0)
    scenario = file_scenario(plan).model_copy(update={"faults": [stall]})
    journal = home / "runs" / "r" / "journal.db"

    async with asyncio.timeout(60), SimulatedEndpoint(scenario) as simulated:
        endpoint = ("--base-url", simulated.base_url, "--model", "m", "--sandbox", "none", "--display", "none")
        what = ("--plan", str(tmp_path / "plan.json"), "--repo", str(repository), "--run-id", "r")
        async with simulated.hold("s5") as hold:
            process = await asyncio.create_subprocess_exec(
                *swarm_command("run", *what, *endpoint, "--workers", "8", "--hedge", "1.5"), env=environment(home)
            )
            try:
                await hold.reached(2)  # both attempts have asked the model
            finally:
                process.kill()
                await process.wait()
        resumed = await asyncio.to_thread(run_swarm, "resume", "r", "--sandbox", "none", "--display", "none", home=home)
    assert resumed.returncode == 0, resumed.stderr
    with JournalReader(journal) as reader:
        recorded = list(reader.events())
    audit = Audit()
    assert [finding for each in recorded for finding in audit.apply(each)] + audit.finish() == []
    events = [each.event for each in recorded]
    started = [event.attempt_id for event in events if isinstance(event, AttemptStarted)]
    assert [name for name in started if name.startswith("s5@")] == ["s5@1", "s5@2"]
    ended = {event.attempt_id: event.outcome for event in events if isinstance(event, AttemptEnded)}
    assert (ended["s5@1"], ended["s5@2"]) == (AttemptOutcome.OUTRUN, AttemptOutcome.INTEGRATED)
    asked = [event.step for event in events if isinstance(event, ModelCalled) and event.attempt_id == "s5@1"]
    assert asked == [1, 1], "the first attempt went on, too"
