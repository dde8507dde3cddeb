"""``swarm story``: everything that ever happened to one subtask or attempt."""

from typing import Annotated

import typer

from swarm.cli.options import JsonOption, RunArgument


def story(
    run: RunArgument,
    what: Annotated[
        str,
        typer.Argument(
            metavar="SUBTASK|ATTEMPT", help="A subtask (parser) or an attempt (parser@2).", show_default=False
        ),
    ],
    full: Annotated[
        bool, typer.Option("--full", help="Print what was said in full: prompts, replies, results, check output.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Tell everything that ever happened to one subtask or attempt, in order.

    Prompts with their size, replies, tool calls and what came of them, waits, verdicts, merges, cancels, and the
    processes that drove the run meanwhile. With --json, the journal's own records of the same events.
    """
    from swarm.cli.reading import find_run, read_run, reader_of, say, say_json
    from swarm.cli.telling import events_about, story_lines
    from swarm.core.chronicle import chronicle

    folder = find_run(run)
    view = read_run(folder).view
    with reader_of(folder) as reader:
        entries = chronicle(events_about(reader, view, what), what)
        if as_json:
            for entry in entries:
                for record in reader.raw(after=entry.recorded.seq - 1, limit=1):
                    say_json(record)
            return
        for line in story_lines(entries, full=full):
            say(line)
