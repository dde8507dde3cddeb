"""The list of commands. Each lives in a file of its own and imports what is slow when it is called."""

import sys
from collections.abc import Callable
from typing import Annotated, Any

import typer

from swarm import __version__
from swarm.cli.demo import demo
from swarm.cli.diff import diff
from swarm.cli.doctor import doctor
from swarm.cli.events import events
from swarm.cli.fork import fork
from swarm.cli.list_runs import list_runs
from swarm.cli.merge import merge
from swarm.cli.moving import export_command, import_command
from swarm.cli.recover import recover
from swarm.cli.report import report
from swarm.cli.run import plan, resume, run
from swarm.cli.shell import INTERRUPTED, Commands
from swarm.cli.show import show
from swarm.cli.simulate import simulate
from swarm.cli.status import status
from swarm.cli.steering import cancel, pause, tell
from swarm.cli.story import story
from swarm.cli.tasks import tasks
from swarm.cli.verify import verify
from swarm.cli.watch import watch

COMMANDS: tuple[tuple[str, Callable[..., None], str], ...] = (
    ("run", run, 'swarm run "Port this package to Python 3.13" --repo . --check "pytest -q"'),
    ("plan", plan, 'swarm plan "Port this package to Python 3.13" -o plan.json'),
    ("resume", resume, "swarm resume last --workers 50"),
    ("list", list_runs, "swarm list --json"),
    ("status", status, "swarm status last"),
    ("events", events, "swarm events last --follow --type attempt_ended"),
    ("story", story, "swarm story last parser"),
    ("watch", watch, "swarm watch last"),
    ("pause", pause, "swarm pause last"),
    ("cancel", cancel, "swarm cancel last parser"),
    ("tell", tell, 'swarm tell last parser "The grammar has changed: see docs/grammar.md"'),
    ("show", show, "swarm show last parser@2 --full"),
    ("diff", diff, "swarm diff last parser | less"),
    ("report", report, "swarm report last -o report.md"),
    ("merge", merge, "swarm merge last --into main"),
    ("fork", fork, "swarm fork last --at 120"),
    ("export", export_command, "swarm export last -o run.tar"),
    ("import", import_command, "swarm import run.tar --repo ."),
    ("verify", verify, "swarm verify last"),
    ("recover", recover, "swarm recover last"),
    ("doctor", doctor, "swarm doctor --base-url http://127.0.0.1:8000/v1 --model NAME"),
    ("demo", demo, "swarm demo"),
    ("tasks", tasks, "swarm tasks"),
    ("simulate", simulate, "swarm simulate --scenario tasks/textkit/simulation/scenario.toml --port 8123"),
)
"""Name, function and example of every command, in the order of ``swarm --help``."""


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"swarm {__version__}")
        raise typer.Exit


def _swarm(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Hundreds of coding agents on one long engineering task: planned, verified, merged, resumable.

    RUN, where a command asks for it, is a run's id, the beginning of one, or "last".
    """


def make_app() -> typer.Typer:
    """Return the application with all its commands."""
    settings: dict[str, Any] = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
    app = typer.Typer(
        name="swarm",
        cls=Commands,
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings=settings,
    )
    app.callback()(_swarm)
    for name, function, example in COMMANDS:
        app.command(name, epilog=f"Example: {example}")(function)
    return app


def main() -> None:
    """Run the command line and exit the process."""
    try:
        make_app()(prog_name="swarm")
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
