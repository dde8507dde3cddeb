"""``swarm plan`` and ``swarm approve``: plans before anything of them is carried out."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from swarm.cli.options import RunArgument
from swarm.cli.run import (
    BaseUrl,
    Checks,
    Config,
    Goal,
    Inputs,
    MaxOutput,
    Model,
    PlannerModel,
    PriceText,
    Repo,
    Temperature,
)

if TYPE_CHECKING:
    from swarm.cli.tasks_input import TaskSource
    from swarm.core.plan import Plan, Subtask
    from swarm.core.plan_quality import Surroundings
    from swarm.llm.endpoint import Endpoint

Output = Annotated[
    Path | None, typer.Option("--output", "-o", help="Write the plan to this file. [default: stdout]", metavar="FILE")
]


def plan(
    goal: Goal = None,
    repo: Repo = None,
    inputs: Inputs = None,
    base_url: BaseUrl = "",
    model: Model = "",
    planner_model: PlannerModel = "",
    temperature: Temperature = None,
    config: Config = None,
    check: Checks = None,
    price: PriceText = "",
    max_output_tokens: MaxOutput = None,
    run: Annotated[
        str, typer.Option(help="Show the plan of this run instead, as it is now.", metavar="RUN", show_default=False)
    ] = "",
    output: Output = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the plan, what it takes and what is wrong with it.")
    ] = False,
) -> None:
    """Ask for a plan only, to be read, edited and given to `swarm run --plan`, and say what it will take.

    With --run, show the plan of a run: to be edited and given to `swarm approve --plan`.
    """
    from swarm.cli import tasks_input
    from swarm.config import choose_endpoints

    if run:
        subtasks, surroundings = _plan_of(run)
        _show(subtasks, surroundings, (), output, as_json=as_json)
        return
    endpoints = choose_endpoints(
        base_url=base_url, model=model, planner_model=planner_model, temperature=temperature, config=config, price=price
    )
    source = tasks_input.find_task(goal, has_plan=False)
    proposed, surroundings = _proposed(endpoints, source, repo, inputs, tuple(check or ()), max_output_tokens)
    _show(proposed.subtasks, surroundings, endpoints, output, as_json=as_json)


def _proposed(
    endpoints: "Sequence[Endpoint]",
    source: "TaskSource",
    repo: Path | None,
    inputs: Path | None,
    checks: tuple[str, ...],
    max_output_tokens: int | None,
) -> "tuple[Plan, Surroundings]":
    import asyncio

    from swarm.api import Swarm
    from swarm.cli import driving, tasks_input
    from swarm.core.repository_map import RepositoryMap
    from swarm.creation import plan_surroundings

    async def propose() -> "tuple[Plan, Surroundings]":
        limits = driving.with_limits(source.limits, max_output_tokens=max_output_tokens)
        task = await tasks_input.make_task(source, repo, checks, (), limits, inputs=inputs)
        async with Swarm(endpoints, sandbox="none") as swarm:  # planning runs no command
            # What the checks name was looked at against the repository while the planner could mend it.
            return await swarm.propose(task), plan_surroundings(task, RepositoryMap(""))

    return asyncio.run(propose())


def _plan_of(name: str) -> "tuple[tuple[Subtask, ...], Surroundings]":
    """Return a run's plan: the first planner's subtasks, or those that were given."""
    from swarm.cli.reading import find_run
    from swarm.core.repository_map import RepositoryMap
    from swarm.core.scheduler import Scheduler
    from swarm.core.scopes import whole_plan
    from swarm.creation import plan_surroundings
    from swarm.errors import UsageError
    from swarm.journal.reader import open_reader

    folder = find_run(name)
    with open_reader(folder.journal) as reader:
        state = Scheduler.restore(reader.condensed()).state
    subtasks = tuple(node.subtask for node in state.parts_of(whole_plan(state)) if node.counts)
    if not state.has_plan or not subtasks:
        raise UsageError(
            f"run {folder.run_id} has no plan yet", hint=f"`swarm watch {folder.run_id}` shows what it does."
        )
    assert state.task is not None
    return subtasks, plan_surroundings(state.task, RepositoryMap(""))


def _show(
    subtasks: "Sequence[Subtask]",
    surroundings: "Surroundings",
    endpoints: "Sequence[Endpoint]",
    output: Path | None,
    *,
    as_json: bool,
) -> None:
    from swarm.cli import tasks_input
    from swarm.cli.plan_report import as_object, report_lines
    from swarm.cli.speech import note
    from swarm.core.plan import Plan
    from swarm.llm.tariff import Tariff

    price = Tariff(endpoints).dearest
    if as_json:
        text = json.dumps(as_object(subtasks, surroundings, price), indent=2) + "\n"
    else:
        text = Plan(subtasks=tuple(subtasks)).model_dump_json(indent=2, exclude_none=True) + "\n"
    if output:
        tasks_input.write_text(output, text)
    else:
        typer.echo(text, nl=False)
    for line in report_lines(subtasks, surroundings, price):
        note(line)


def approve(
    run: RunArgument,
    plan: Annotated[
        Path | None,
        typer.Option(help="Approve of this edited plan (JSON or TOML) instead of the run's.", metavar="FILE"),
    ] = None,
) -> None:
    """Let the work of a run begin that waits for you to look at its plan: `swarm run --approve-plan`."""
    from swarm.cli import tasks_input
    from swarm.cli.reading import find_run
    from swarm.cli.speech import note, warn
    from swarm.control import ask
    from swarm.core.requests import Request

    folder = find_run(run)
    edited = tasks_input.read_plan(plan)
    answer = ask(folder, Request(kind="approve", plan=edited))
    if answer.event is None:
        warn(f"the process that drives run {folder.run_id} has not taken the approval yet; it will when it can")
        return
    note(f"the plan of run {folder.run_id} is approved of; `swarm resume {folder.run_id}` goes on with it")
