"""``swarm plan`` and ``swarm approve``: plans before anything of them is carried out."""

from pathlib import Path
from typing import Annotated

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
    from swarm.cli.proposing import plan_of, propose, show
    from swarm.config import choose_endpoints

    if run:
        subtasks, surroundings = plan_of(run)
        show(subtasks, surroundings, (), output, as_json=as_json)
        return
    endpoints = choose_endpoints(
        base_url=base_url, model=model, planner_model=planner_model, temperature=temperature, config=config, price=price
    )
    source = tasks_input.find_task(goal, has_plan=False)
    proposed, surroundings = propose(endpoints, source, repo, inputs, tuple(check or ()), max_output_tokens)
    show(proposed.subtasks, surroundings, endpoints, output, as_json=as_json)


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
