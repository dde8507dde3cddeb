"""``swarm doctor``: what this machine and an endpoint can do."""

from typing import Annotated

import typer

from swarm.cli.options import JsonOption


def doctor(
    base_url: Annotated[str, typer.Option(help="Base URL of the endpoint to examine.", metavar="URL")] = "",
    model: Annotated[str, typer.Option(help="The model to examine.", metavar="NAME")] = "",
    concurrency: Annotated[
        int, typer.Option(help="Try up to so many calls at a time; 0 for none.", min=0, max=64, metavar="N")
    ] = 8,
    write: Annotated[
        bool, typer.Option("--write-profile", help="Keep what was found out; runs with this endpoint use it.")
    ] = False,
    sandbox: Annotated[str, typer.Option(help="As for `swarm run`.")] = "auto",
    as_json: JsonOption = False,
) -> None:
    """Examine this machine and, where one is named or configured, a model at an endpoint.

    Some small questions are put to the model; how many, and what they cost, is printed at the end.
    """
    import asyncio
    import os

    from swarm.cli import driving
    from swarm.cli.diagnosis import diagnose, leave
    from swarm.config import choose_endpoint, load_settings, profiles_folder
    from swarm.errors import UsageError
    from swarm.journal.store import swarm_home

    chosen = driving.sandbox_choice(sandbox)
    has_endpoint = bool(base_url or load_settings().base_url)
    if write and not has_endpoint:
        raise UsageError("there is no endpoint to write a profile of", hint="Name one with --base-url and --model.")
    endpoint = choose_endpoint(base_url=base_url, model=model) if has_endpoint else None
    diagnosis = asyncio.run(diagnose(swarm_home(os.environ), endpoint, sandbox=chosen, concurrency=concurrency))
    leave(diagnosis, profiles_folder(os.environ) if write else None, as_json=as_json)
