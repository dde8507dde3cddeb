"""Plans from planners and from runs, for ``swarm plan``."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path

import typer

from swarm.api import Swarm
from swarm.cli import driving, tasks_input
from swarm.cli.plan_report import as_object, report_lines
from swarm.cli.reading import find_run
from swarm.cli.speech import note
from swarm.cli.tasks_input import TaskSource
from swarm.core.plan import Plan, Subtask
from swarm.core.plan_quality import Surroundings
from swarm.core.repository_map import RepositoryMap
from swarm.core.scheduler import Scheduler
from swarm.core.scopes import whole_plan
from swarm.creation import plan_surroundings
from swarm.errors import UsageError
from swarm.journal.reader import open_reader
from swarm.llm.endpoint import Endpoint
from swarm.llm.tariff import Tariff


def propose(
    endpoints: Sequence[Endpoint],
    source: TaskSource,
    repo: Path | None,
    inputs: Path | None,
    checks: tuple[str, ...],
    max_output_tokens: int | None,
) -> tuple[Plan, Surroundings]:
    """Ask the planner for a plan; nothing is recorded. Raises SwarmError."""

    async def asked() -> tuple[Plan, Surroundings]:
        limits = driving.with_limits(source.limits, max_output_tokens=max_output_tokens)
        task = await tasks_input.make_task(source, repo, checks, (), limits, inputs=inputs)
        async with Swarm(endpoints, sandbox="none") as swarm:  # planning runs no command
            # What the checks name was looked at against the repository while the planner could mend it.
            return await swarm.propose(task), plan_surroundings(task, RepositoryMap(""))

    return asyncio.run(asked())


def plan_of(name: str) -> tuple[tuple[Subtask, ...], Surroundings]:
    """Return a run's plan: the first planner's subtasks, or those that were given."""
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


def show(
    subtasks: Sequence[Subtask],
    surroundings: Surroundings,
    endpoints: Sequence[Endpoint],
    output: Path | None,
    *,
    as_json: bool,
) -> None:
    """Print a plan, or write it to a file; say what it takes and what is wrong with it."""
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
