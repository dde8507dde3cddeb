"""``swarm pause``, ``swarm cancel``, ``swarm tell`` and ``swarm replan``: steering a run from any terminal."""

from typing import Annotated

import typer

from swarm.cli.options import RunArgument

STILL_S = 30.0
"""How long these commands wait for a run to stand still: its agents have 10 seconds for that."""


def pause(run: RunArgument) -> None:
    """Bring a run to a durable stop. Its process ends, and `swarm resume` goes on exactly there."""
    from swarm.cli.reading import find_run
    from swarm.cli.speech import note, warn
    from swarm.control import ask, wait_until_still
    from swarm.core.requests import Request

    folder = find_run(run)
    answer = ask(folder, Request(kind="pause"))
    if answer.event is None:
        warn(f"the process that drives run {folder.run_id} has not taken the request yet; it will when it can")
        return
    still = wait_until_still(folder, timeout_s=STILL_S)
    if still is None:
        warn(f"run {folder.run_id} is asked to pause and has not come to a stop yet")
        return
    note(f"run {folder.run_id} is paused; `swarm resume {folder.run_id}` goes on with it")


def cancel(
    run: RunArgument,
    subtask: Annotated[
        str, typer.Argument(metavar="[SUBTASK]", help="Only this subtask; the whole run by default.")
    ] = "",
) -> None:
    """Cancel a subtask with all that is below it or waits for it, or the whole run. What is cancelled stays so."""
    from swarm.cli.reading import find_run
    from swarm.cli.speech import note, warn
    from swarm.control import ask, wait_until_still
    from swarm.core.events import RunEnded
    from swarm.core.requests import Request

    folder = find_run(run)
    what = f"{subtask!r} of run {folder.run_id}" if subtask else f"run {folder.run_id}"
    answer = ask(folder, Request(kind="cancel", subtask_id=subtask[:200]))
    if answer.event is None:
        warn(f"the process that drives run {folder.run_id} has not taken the request yet; it will when it can")
        return
    if not subtask and not isinstance(wait_until_still(folder, timeout_s=STILL_S), RunEnded):
        note(f"{what} is cancelled; a merge was cut off: `swarm resume {folder.run_id}` finishes it and ends the run")
        return
    note(f"{what} is cancelled")


def tell(
    run: RunArgument,
    words: Annotated[
        list[str],
        typer.Argument(metavar="[SUBTASK] TEXT", help="What to say; to all agents unless a subtask stands before it."),
    ],
    to_planner: Annotated[
        bool, typer.Option("--replan", help="Tell the planner instead, which changes the plan: `swarm replan`.")
    ] = False,
) -> None:
    """Say something to the agent of one subtask, or to all agents. They hear it before their next step.

    Without a subtask, agents that start later hear it too. Put the text in quotes.
    """
    from swarm.cli.reading import find_run
    from swarm.cli.speech import note, warn
    from swarm.control import ask
    from swarm.core.requests import Request

    if to_planner:
        replan(run, words)
        return
    subtask, text = _said(words, "tell")
    folder = find_run(run)
    answer = ask(folder, Request(kind="tell", subtask_id=subtask[:200], text=text))
    who = f"the agent of {subtask!r}" if subtask else "every agent"
    if answer.event is not None:
        note(f"{who} will hear it before the next step")
    elif answer.driven:
        warn(f"the process that drives run {folder.run_id} has not taken the message yet; it will when it can")
    else:
        note(f"nobody drives run {folder.run_id}: {who} will hear it after `swarm resume {folder.run_id}`")


def replan(
    run: RunArgument,
    words: Annotated[
        list[str],
        typer.Argument(metavar="[SUBTASK] TEXT", help="What is to change; around one subtask if it stands before it."),
    ],
) -> None:
    """Have the planner change the plan, because you know something that it does not.

    It may add subtasks, reword or drop what has not been done, and change the order. What is done stays.
    Put the text in quotes.
    """
    from swarm.cli.reading import find_run
    from swarm.cli.speech import note, warn
    from swarm.control import ask
    from swarm.core.requests import Request

    subtask, text = _said(words, "replan")
    folder = find_run(run)
    answer = ask(folder, Request(kind="replan", subtask_id=subtask[:200], text=text))
    if answer.event is None:
        warn(f"the process that drives run {folder.run_id} has not taken the request yet; it will when it can")
    elif answer.driven:
        note("the planner is asked to change the plan")
    else:
        note(f"nobody drives run {folder.run_id}: its planner is asked after `swarm resume {folder.run_id}`")


def _said(words: list[str], command: str) -> tuple[str, str]:
    """Return the subtask that stands before a text, if one does, and the text."""
    from swarm.core.requests import TEXT_LIMIT
    from swarm.errors import UsageError

    if len(words) > 2:
        hint = f'Put the text in quotes: swarm {command} RUN [SUBTASK] "TEXT".'
        raise UsageError("there are too many words", hint=hint)
    *about, text = words
    if not text.strip() or len(text) > TEXT_LIMIT:
        raise UsageError(f"the text must have 1 to {TEXT_LIMIT:,} characters, not {len(text.strip()):,}")
    return "".join(about), text
