"""``swarm verify``: is a run sound?"""

import typer

from swarm.cli.options import JsonOption, RunArgument
from swarm.errors import JournalUnreadable


def verify(run: RunArgument, as_json: JsonOption = False) -> None:
    """Look a run through for damage and contradictions; changes nothing.

    The journal's file, what the journal says, and the commits and trees that it names. Exit code 0 when nothing is
    wrong, 7 when something is.
    """
    import asyncio
    import dataclasses

    from swarm.cli.reading import find_run, say, say_json
    from swarm.history.verification import verify_run

    found = asyncio.run(verify_run(find_run(run)))
    for finding in found.findings:
        if as_json:
            say_json(dataclasses.asdict(finding))
        else:
            place = f"event {finding.seq}" if finding.seq else finding.where
            say(f"{place}: {finding.problem}\n    {finding.advice.replace('RUN', found.run_id)}")
    count = len(found.findings) + found.more
    if as_json:
        say_json({"run_id": found.run_id, "events": found.events, "objects": found.objects, "findings": count})
    else:
        words = f"{count} finding{'' if count == 1 else 's'}" if count else "nothing is wrong"
        say(f"{found.run_id}: {found.events:,} events, {found.objects:,} commits and trees: {words}")
    if count:
        raise typer.Exit(JournalUnreadable.exit_code)
