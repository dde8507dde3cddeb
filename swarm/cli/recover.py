"""``swarm recover``: bring a run back whose journal is damaged."""

from swarm.cli.options import JsonOption, RunArgument


def recover(run: RunArgument, as_json: JsonOption = False) -> None:
    """Put a run's newest sound state in the place of a damaged journal, and say what is lost.

    The state is taken from the damaged file or from the newest copy that was made while the run went on, whichever
    holds more. The damaged file is kept. A sound journal is left as it is.
    """
    import asyncio
    import time

    from swarm.cli.reading import find_run, say, say_json
    from swarm.history.recovery import RecoveredRun, recover_run

    def lines(found: RecoveredRun) -> list[str]:
        journal = found.journal
        if journal.source is None:
            return [f"{found.run_id}: the journal is sound, all {journal.last_seq:,} events of it; nothing was done"]
        at = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(journal.last_at))
        lost = f"events {journal.last_seq + 1} to {journal.recorded}, what was recorded after {at}"
        told = [
            f"{found.run_id}: the journal was damaged: {journal.problem}",
            f"kept: events 1 to {journal.last_seq} (until {at}), from {found.source}",
            f"lost: {lost if journal.lost else 'nothing that is known of'}",
            f"the damaged file is in {journal.aside}",
        ]
        if found.branch:
            told.append(
                f"the run's branch went back to where these events say; what it held is kept as {found.branch} in its "
                f"own repository. Rename a branch swarm/{found.run_id} in yours that holds more: "
                f"`git branch -m swarm/{found.run_id} lost-work`"
            )
        if found.problem:
            told.append(f"the run's branch could not be looked at: {found.problem}")
        return [*told, f"`swarm verify {found.run_id}` looks at all of it, `swarm resume {found.run_id}` goes on"]

    found = asyncio.run(recover_run(find_run(run)))
    journal = found.journal
    if as_json:
        say_json(
            {
                "run_id": found.run_id,
                "recovered": journal.source is not None,
                "problem": journal.problem,
                "last_seq": journal.last_seq,
                "last_at": journal.last_at,
                "lost": journal.lost,
                "aside": str(journal.aside or ""),
            }
        )
        return
    for line in lines(found):
        say(line)
