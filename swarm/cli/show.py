"""``swarm show``: a run's plan, a subtask, or an attempt step by step."""

from typing import Annotated

import typer

from swarm.cli.options import RunArgument
from swarm.errors import UsageError


def show(
    run: RunArgument,
    what: Annotated[
        str, typer.Argument(metavar="[SUBTASK|ATTEMPT]", help="A subtask (parser) or an attempt (parser@2).")
    ] = "",
    full: Annotated[bool, typer.Option("--full", help="Print texts whole instead of their beginning and end.")] = False,
) -> None:
    """Show a run's plan, or what its agents did.

    With a subtask, every step of its attempts; with an attempt, the steps of that one. For each step: the size of
    the prompt, what the model said, its tool calls and their results, and verdicts.
    """
    from swarm.cli.reading import find_run, read_run, reader_of, say
    from swarm.cli.stories import attempt_lines, plan_lines, subtask_lines
    from swarm.core.story import story_of

    folder = find_run(run)
    view = read_run(folder).view
    if not what:
        for line in plan_lines(view):
            say(line)
        return
    subtask_id = view.attempts[what].subtask_id if what in view.attempts else what
    subtask = view.subtasks.get(subtask_id)
    if subtask is None:
        raise UsageError(
            f"run {view.run_id} has no subtask or attempt {what!r}", hint=f"`swarm show {view.run_id}` lists them."
        )
    if what == subtask_id:
        for line in subtask_lines(view, subtask, full=full):
            say(line)
    with reader_of(folder) as reader:
        for attempt in subtask.attempts:
            if what in (subtask_id, attempt.id):
                story = story_of(attempt.id, reader.events(attempt_id=attempt.id))
                for line in attempt_lines(attempt, story, view.driven_s, full=full):
                    say(line)
