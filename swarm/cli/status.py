"""``swarm status``: what a run is doing now."""

from swarm.cli.options import JsonOption, RunArgument


def status(run: RunArgument, as_json: JsonOption = False) -> None:
    """Show what a run is doing now.

    Its state, its subtasks by state, the agents at work, tokens, cost, checks. Works from any terminal, while the
    run goes on as well as after it.
    """
    import time

    from swarm.cli.reading import find_run, read_run, say_json, say_line
    from swarm.cli.status_words import as_object, lines

    found = read_run(find_run(run))
    now = time.time()
    if as_json:
        say_json(as_object(found, now))
        return
    for line in lines(found, now):
        say_line(line)
