"""``swarm events``: everything that happened in a run."""

from typing import Annotated

import typer

from swarm.cli.options import JsonOption, RunArgument


def events(
    run: RunArgument,
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Go on with what happens next, until the run ends.")
    ] = False,
    after: Annotated[int, typer.Option(min=0, metavar="SEQ", help="Only events after this number.")] = 0,
    kind: Annotated[
        list[str] | None, typer.Option("--type", metavar="TYPE", help="Only events of this type; may be repeated.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Print everything that happened in a run.

    Readable lines, or with --json the journal's own records, each with seq, at and type.
    """
    import sys

    from swarm.cli.event_lines import as_json_lines, as_text_lines, known_types, printed
    from swarm.cli.reading import find_run, reader_of

    wanted = known_types(kind or [])
    with reader_of(find_run(run)) as reader:
        render = as_json_lines if as_json else as_text_lines
        for line in printed(reader, render, after=after, wanted=wanted, follow=follow):
            sys.stdout.write(line + "\n")
            if follow:
                sys.stdout.flush()
