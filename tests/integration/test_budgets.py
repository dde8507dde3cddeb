"""Whole runs under budgets, against the simulated endpoint: paused before the cap, and on with a higher one."""

import asyncio
import json
from pathlib import Path

import pytest

from swarm import Endpoint, Limits, Swarm, Task
from swarm.core.events import ModelCalled, ModelReplied, NoteRecorded, PauseReason, Recorded, SubtaskEnded
from swarm.core.limits import RoleLimits
from swarm.core.prices import Price
from swarm.errors import ConfigError
from swarm.journal.reader import JournalReader
from swarm.testing.endpoint import SimulatedEndpoint
from tests.integration.projects import branch_files, file_plan, file_scenario, make_repository, run_swarm

PRICE = Price(1.0, 4.0, 0.1)


def recorded(path: Path) -> list[Recorded]:
    with JournalReader(path) as reader:
        return list(reader.events())


def priced(simulated: SimulatedEndpoint) -> Endpoint:
    return Endpoint(simulated.base_url, model="m", prices={"m": PRICE})


async def test_a_limit_on_money_pauses_before_it_and_a_higher_one_goes_on(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "repository")
    plan = file_plan(8, layer=4)
    limits = Limits(max_cost_usd=0.01, max_output_tokens=400)
    async with (
        SimulatedEndpoint(file_scenario(plan)) as simulated,
        Swarm(priced(simulated), home=tmp_path / "home", sandbox="none") as swarm,
    ):
        task = Task(instruction="x", repository=str(repository), limits=limits)
        run = await swarm.submit(task, plan=plan, run_id="r")
        first = await run.result()
        assert first.paused is not None
        assert first.paused.reason is PauseReason.LIMIT
        assert first.paused.message.startswith("the run has used $0.0")
        assert 0.005 < first.view.spent.priced_usd <= 0.01
        assert first.view.ledger.run.calls_held == 0, "calls in flight are settled before the pause"
        merged = [node for node in first.view.subtasks.values() if node.merge]
        assert merged, "the work that was paid for is there"

        def more(old: Task) -> Task:
            return old.model_copy(update={"limits": Limits(max_cost_usd=1.0)})

        second = await (await swarm.resume("r", change_task=more)).result()
    assert second.done
    assert simulated.ledger.delivered_twice() == []
    events = [each.event for each in recorded(run.folder.journal)]
    replies = [event for event in events if isinstance(event, ModelReplied)]
    assert sum(PRICE.cost_usd(event.reply.usage) for event in replies) == pytest.approx(second.view.spent.priced_usd)
    for event in replies:
        assert event.cost_usd == pytest.approx(PRICE.cost_usd(event.reply.usage))
    notes = [event.text for event in events if isinstance(event, NoteRecorded)]
    assert len([note for note in notes if note.endswith("of $0.0100 (max-cost)")]) <= 1
    reserved = {(event.attempt_id, event.step): event.reserved for event in events if isinstance(event, ModelCalled)}
    for event in replies:
        reservation = reserved[event.attempt_id, event.step]
        assert reservation is not None
        assert event.reply.usage.input_tokens <= reservation.input_tokens, "the estimate was too low"


async def test_tokens_and_calls_of_the_run_and_of_a_role_are_never_exceeded(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "repository")
    plan = file_plan(6)
    async with (
        SimulatedEndpoint(file_scenario(plan)) as simulated,
        Swarm(Endpoint(simulated.base_url, model="m"), home=tmp_path / "home", sandbox="none") as swarm,
    ):
        for number, limits in enumerate(
            (
                Limits(max_tokens=16_000, max_output_tokens=300),
                Limits(max_calls=7),
                Limits(roles={"worker": RoleLimits(max_calls=5)}),
            )
        ):
            task = Task(instruction="x", repository=str(repository), limits=limits)
            result = await (await swarm.submit(task, plan=plan, run_id=f"r{number}")).result()
            assert result.paused is not None, limits
            assert result.paused.code == "limit_reached"
            spent = result.view.spent
            assert spent.usage.total_tokens <= (limits.max_tokens or 10**9)
            assert spent.calls == (limits.max_calls or (5 if limits.roles else spent.calls))


async def test_a_subtask_over_its_budget_fails_at_once_and_the_others_go_on(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "repository")
    plan = file_plan(2)
    async with (
        SimulatedEndpoint(file_scenario(plan)) as simulated,
        Swarm(priced(simulated), home=tmp_path / "home", sandbox="none") as swarm,
    ):
        limits = Limits(max_subtask_tokens=5_000, max_output_tokens=300)
        task = Task(instruction="x", repository=str(repository), limits=limits)
        run = await swarm.submit(task, plan=plan, run_id="r")
        result = await run.result()
    assert result.ended is not None
    ends = [each.event for each in recorded(run.folder.journal) if isinstance(each.event, SubtaskEnded)]
    assert [len(view.attempts) for view in result.view.subtasks.values()] == [1, 1]
    assert "the subtask s0 has used" in next(end.reason for end in ends if end.subtask_id == "s0")
    assert result.view.wasted.priced_usd == pytest.approx(result.view.spent.priced_usd)


async def test_a_limit_on_money_without_a_price_is_refused_before_anything_is_recorded(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "repository")
    plan = file_plan(1)
    async with (
        SimulatedEndpoint(file_scenario(plan)) as simulated,
        Swarm(Endpoint(simulated.base_url, model="m"), home=tmp_path / "home", sandbox="none") as swarm,
    ):
        task = Task(instruction="x", repository=str(repository), limits=Limits(max_cost_usd=1.0))
        with pytest.raises(ConfigError, match="no price is known for m"):
            await swarm.submit(task, plan=plan)
    assert not any((tmp_path / "home").rglob("journal.db"))


async def test_the_command_line_takes_prices_and_remembers_them(tmp_path: Path) -> None:
    repository, home = make_repository(tmp_path / "repository"), tmp_path / "home"
    common = ("--display", "none", "--sandbox", "none")
    async with SimulatedEndpoint(file_scenario(file_plan(4))) as simulated:
        asked = ("run", "Write files", "--repo", str(repository), "--run-id", "r", *common)
        endpoint = ("--base-url", simulated.base_url, "--model", "m", "--max-output-tokens", "400")
        refused = await asyncio.to_thread(run_swarm, *asked, *endpoint, "--max-cost", "1", home=home)
        assert refused.returncode == 3
        assert "no price is known for m" in refused.stderr
        assert "--price IN,OUT" in refused.stderr
        money = ("--price", "1,4,0.1", "--max-cost", "0.005")
        paused = await asyncio.to_thread(run_swarm, *asked, *endpoint, *money, home=home)
        assert paused.returncode == 5, paused.stderr
        resumed = await asyncio.to_thread(run_swarm, "resume", "r", "--max-cost", "1", *common, home=home)
        assert resumed.returncode == 0, resumed.stderr
        assert simulated.ledger.delivered_twice() == []
    status = await asyncio.to_thread(run_swarm, "status", "r", "--json", home=home)
    assert 0.005 < json.loads(status.stdout)["cost_usd"] < 1
    report = await asyncio.to_thread(run_swarm, "report", "r", home=home)
    assert "| `worker` |" in report.stdout
    assert len(branch_files(repository, "swarm/r")) == 5


async def test_calls_that_a_stop_cut_off_are_booked_and_hold_nothing_back(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "repository")
    plan = file_plan(3)
    async with (
        SimulatedEndpoint(file_scenario(plan)) as simulated,
        Swarm(priced(simulated), home=tmp_path / "home", sandbox="none") as swarm,
    ):
        limits = Limits(max_cost_usd=1.0, max_output_tokens=400)
        task = Task(instruction="x", repository=str(repository), limits=limits)
        run = await swarm.submit(task, plan=plan, run_id="r")
        async for each in run.events():
            if isinstance(each.event, ModelCalled):
                run.stop_now()
                break
        with pytest.raises(asyncio.CancelledError):
            await run.result()
        resumed = await swarm.resume("r")
        result = await resumed.result()
    assert result.done
    assert result.view.ledger.run.calls_held == 0
    paid = sum(e.event.cost_usd or 0.0 for e in recorded(run.folder.journal) if isinstance(e.event, ModelReplied))
    assert paid <= result.view.spent.priced_usd <= paid + 0.05
