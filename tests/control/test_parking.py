"""A run whose endpoint is gone waits for it, and goes on by itself."""

import asyncio
import signal
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from swarm import Endpoint, Swarm, Task
from swarm.core.events import (
    AttemptOutcome,
    Event,
    ModelReplied,
    PauseReason,
    RunEnded,
    RunOutcome,
    RunParked,
    RunPaused,
    RunWoken,
)
from swarm.core.limits import Limits, Usage
from swarm.core.messages import Reply
from swarm.core.parking import Parking, worth_waiting
from swarm.core.parts import RunStatus
from swarm.core.plan import Plan, Subtask
from swarm.core.stimuli import CancelAsked, Drained, PauseAsked, Probe, ProbeFailed, RunAttempt
from swarm.core.views import restored
from swarm.errors import AccessDenied, EndpointUnavailable, ModelNotFound, QuotaExhausted
from swarm.journal.reader import JournalReader
from swarm.journal.store import RunFolder
from swarm.testing.endpoint import Fault, SimulatedEndpoint
from tests.core.worlds import World, random_plan
from tests.integration.projects import (
    environment,
    file_plan,
    file_scenario,
    make_repository,
    run_swarm,
    swarm_command,
)

QUICK = Parking(first_probe_s=0.05, longest_wait_s=0.1, patience_s=0)
GONE = PauseAsked(PauseReason.ENDPOINT, "gone", EndpointUnavailable.code)


def work(identifier: str, *depends_on: str) -> Subtask:
    return Subtask(id=identifier, instruction="work", depends_on=depends_on)


def world_with_replies(*subtasks: Subtask, **fields: object) -> World:
    world = World(1, subtasks, good=1.0, parking=QUICK, **fields)  # type: ignore[arg-type]
    reply = Reply(content="", reasoning="", tool_calls=(), finish_reason="stop", model="m", usage=Usage(5, 0, 5))
    world.record(ModelReplied(f"{subtasks[0].id}@1", 1, reply, 0.1, 0.2))
    return world


def events_of(folder: RunFolder) -> list[Event]:
    with JournalReader(folder.journal) as reader:
        return [recorded.event for recorded in reader.events()]


# -- the scheduler -----------------------------------------------------------------------------------------------


def test_waits_grow_to_their_bound() -> None:
    parking = Parking(first_probe_s=15, longest_wait_s=600)
    assert [parking.wait_s(probes) for probes in range(8)] == [15, 30, 60, 120, 240, 480, 600, 600]
    assert parking.wait_s(10**6) == 600


@pytest.mark.parametrize("code", [AccessDenied.code, ModelNotFound.code])
def test_no_waiting_mends_a_setting(code: str) -> None:
    assert not worth_waiting(PauseAsked(PauseReason.ENDPOINT, "", code), replies=5)
    assert worth_waiting(PauseAsked(PauseReason.ENDPOINT, "", QuotaExhausted.code), replies=5)
    assert not worth_waiting(PauseAsked(PauseReason.ENDPOINT, "", QuotaExhausted.code), replies=0)
    assert not worth_waiting(PauseAsked(PauseReason.LIMIT, "", ""), replies=5)


def test_a_parked_run_dispatches_nothing_and_goes_on_where_it_was() -> None:
    world = world_with_replies(work("a"), work("b"), work("c"), limits=Limits(workers=2))
    world.decide([GONE, GONE])
    world.pending = world.pending[-1:]
    world.step()
    assert isinstance(world.facts[-1].event, RunParked)
    (command,) = world.pending
    assert isinstance(command, Probe)
    world.decide([ProbeFailed("still gone", EndpointUnavailable.code)])
    assert world.state.parked == RunParked("still gone", EndpointUnavailable.code, 1, 0.1)
    world.pending = world.pending[-1:]
    world.step()
    assert isinstance(world.facts[-1].event, RunWoken)
    again = [command.started.attempt_id for command in world.pending if isinstance(command, RunAttempt)]
    assert again == ["a@1", "b@1"]
    world.play()
    assert world.state.ended is not None
    assert world.state.ended.outcome is RunOutcome.DONE


def test_the_endpoint_of_the_role_that_was_asked_is_looked_at() -> None:
    world = world_with_replies(work("a"))
    world.decide([replace(GONE, role="planner"), Drained()])
    assert world.pending[-1] == Probe(0.05, "planner")
    world.decide([ProbeFailed("still gone", EndpointUnavailable.code)])
    assert world.pending[-1] == Probe(0.1, "planner")
    assert world.state.parked == RunParked("still gone", EndpointUnavailable.code, 1, 0.1, "planner")


def test_whatever_else_stops_a_run_is_the_better_reason() -> None:
    world = world_with_replies(work("a"))
    world.decide([GONE, PauseAsked(PauseReason.SIGNAL, "SIGTERM"), Drained()])
    paused = world.facts[-1].event
    assert isinstance(paused, RunPaused)
    assert paused.reason is PauseReason.SIGNAL
    assert world.stopped


def test_a_key_that_is_refused_while_parked_pauses() -> None:
    world = world_with_replies(work("a"))
    world.decide([GONE, Drained()])
    world.decide([ProbeFailed("wrong key", AccessDenied.code)])
    paused = world.facts[-1].event
    assert isinstance(paused, RunPaused)
    assert paused.code == AccessDenied.code
    assert world.stopped


def test_parking_has_an_end_and_does_not_count_as_time() -> None:
    world = world_with_replies(work("a"), limits=Limits(max_time_s=1_000))
    world.decide([GONE, Drained()])
    world.now += 5 * 86_400
    world.decide([ProbeFailed("gone", EndpointUnavailable.code)])
    assert world.state.parked is not None
    assert world.state.active_s < 10
    assert restored(world.facts).driven_s == world.state.active_s
    world.now += 2 * 86_400
    world.decide([ProbeFailed("gone", EndpointUnavailable.code)])
    assert isinstance(world.facts[-1].event, RunPaused)
    assert world.stopped


def test_a_parked_run_can_be_cancelled() -> None:
    world = world_with_replies(work("a"), work("b"))
    world.decide([GONE, Drained()])
    world.decide([CancelAsked("a")])
    assert world.state.parked
    world.decide([CancelAsked()])
    ended = world.facts[-1].event
    assert isinstance(ended, RunEnded)
    assert ended.outcome is RunOutcome.CANCELLED


@settings(max_examples=80, deadline=None)
@given(seed=st.integers(0, 10**9), count=st.integers(2, 12), outages=st.lists(st.integers(1, 8), max_size=4))
def test_outages_at_any_moment_change_nothing_about_the_end(seed: int, count: int, outages: list[int]) -> None:
    world = World(seed, random_plan(seed, count), Limits(workers=4, max_depth=2), good=0.8, parking=QUICK)
    reply = Reply(content="", reasoning="", tool_calls=(), finish_reason="stop", model="m", usage=Usage(5, 0, 5))
    world.record(ModelReplied("s0@1", 1, reply, 0.1, 0.2))
    for steps in outages:
        for _ in range(steps):
            if not world.stopped and world.pending:
                world.step()
        if not world.stopped and not world.state.parked:
            world.decide([GONE])
    world.play(crashes=0.1)
    ends = [fact.event for fact in world.facts if isinstance(fact.event, RunEnded)]
    assert len(ends) == 1
    assert len(world.merged) == len(set(world.merged))


# -- the real thing ----------------------------------------------------------------------------------------------


async def test_f04_a_run_without_quota_is_parked_and_wakes_by_itself(tmp_path: Path) -> None:
    repository, plan = make_repository(tmp_path / "repository"), file_plan(4)
    quota = Fault(kind="quota", times=0, after_calls=6, until_calls=14)
    async with (
        SimulatedEndpoint(file_scenario(plan, faults=[quota])) as simulated,
        Swarm(Endpoint(simulated.base_url, model="m"), home=tmp_path / "home", sandbox="none", parking=QUICK) as swarm,
    ):
        statuses = []
        run = await swarm.submit(
            Task(instruction="x", repository=str(repository)),
            plan=plan,
            observer=lambda recorded, view: statuses.append(view.status) if _parks(recorded.event) else None,
        )
        result = await run.result()
    assert result.done
    assert statuses[0] is RunStatus.PARKED
    assert statuses[-1] is RunStatus.RUNNING
    assert result.view.sessions == 1
    assert all(
        [attempt.outcome for attempt in subtask.attempts] == [AttemptOutcome.INTEGRATED]
        for subtask in result.view.subtasks.values()
    )
    assert simulated.ledger.delivered_twice() == []


async def test_a_run_is_not_woken_by_an_endpoint_that_another_role_asks(tmp_path: Path) -> None:
    first, second = file_plan(2, layer=1).subtasks
    plan = Plan(subtasks=(first, second.model_copy(update={"role": "judge"})))
    quota = Fault(kind="quota", times=0, until_calls=3)
    async with (
        SimulatedEndpoint(file_scenario(plan)) as works,
        SimulatedEndpoint(file_scenario(plan, faults=[quota])) as judges,
        Swarm(
            [
                Endpoint(works.base_url, model="m", name="works", roles=("worker",)),
                Endpoint(judges.base_url, model="m", name="judges", roles=("judge",)),
            ],
            home=tmp_path / "home",
            sandbox="none",
            parking=QUICK,
        ) as swarm,
    ):
        task = Task(instruction="x", repository=str(make_repository(tmp_path / "repository")))
        run = await swarm.submit(task, plan=plan)
        assert (await run.result()).done
    parked = [event for event in events_of(run.folder) if isinstance(event, RunParked)]
    assert [(event.role, event.probes) for event in parked] == [("judge", 0), ("judge", 1), ("judge", 2)]
    replies = [event for event in events_of(run.folder) if isinstance(event, ModelReplied)]
    assert len(works.ledger.calls) == len([event for event in replies if event.endpoint == "works"])


def _parks(event: Event) -> bool:
    return isinstance(event, RunParked | RunWoken)


async def test_without_parking_such_a_run_is_paused(tmp_path: Path) -> None:
    repository, plan = make_repository(tmp_path / "repository"), file_plan(4)
    quota = Fault(kind="quota", times=0, after_calls=6)
    async with (
        SimulatedEndpoint(file_scenario(plan, faults=[quota])) as simulated,
        Swarm(Endpoint(simulated.base_url, model="m"), home=tmp_path / "home", sandbox="none", parking=None) as swarm,
    ):
        run = await swarm.submit(Task(instruction="x", repository=str(repository)), plan=plan)
        result = await run.result()
    assert result.paused is not None
    assert result.paused.code == QuotaExhausted.code
    assert not any(_parks(event) for event in events_of(run.folder))


async def test_a_parked_run_says_so_and_a_signal_pauses_it_at_once(tmp_path: Path) -> None:
    home, repository, plan = tmp_path / "home", make_repository(tmp_path / "repository"), file_plan(2)
    quota = Fault(kind="quota", times=0, after_calls=3)
    async with SimulatedEndpoint(file_scenario(plan, faults=[quota])) as simulated:
        process = await asyncio.create_subprocess_exec(
            *swarm_command("run", "x", "--repo", str(repository), "--display", "plain", "--sandbox", "none"),
            *("--base-url", simulated.base_url, "--model", "m", "--run-id", "r", "--probe-every", "0.2"),
            env=environment(home),
            stderr=asyncio.subprocess.PIPE,
        )
        assert process.stderr is not None
        async with asyncio.timeout(40):
            while b"parked (quota_exhausted)" not in (line := await process.stderr.readline()):
                assert line, "it ended"
        status = await asyncio.to_thread(run_swarm, "status", "r", home=home)
        assert "r  parked (" in status.stdout
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(8):  # a drain alone may take ten seconds
            _, errors = await process.communicate()
    assert process.returncode == 143
    assert b"swarm resume r" in errors
    assert isinstance(events_of(RunFolder(home / "runs" / "r"))[-1], RunPaused)


async def test_no_park_leaves_with_the_exit_code_of_the_endpoint(tmp_path: Path) -> None:
    repository, plan = make_repository(tmp_path / "repository"), file_plan(2)
    quota = Fault(kind="quota", times=0, after_calls=3)
    async with SimulatedEndpoint(file_scenario(plan, faults=[quota])) as simulated:
        result = await asyncio.to_thread(
            run_swarm,
            *("run", "x", "--repo", str(repository), "--run-id", "r", "--display", "none", "--sandbox", "none"),
            *("--base-url", simulated.base_url, "--model", "m", "--no-park"),
            home=tmp_path / "home",
        )
    assert result.returncode == 4
    assert "swarm resume r" in result.stderr
