"""The list of commands. Each lives in a file of its own and imports what is slow when it is called."""

import gc
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

import typer

from swarm import __version__
from swarm.cli.demo import demo
from swarm.cli.diff import diff
from swarm.cli.doctor import doctor
from swarm.cli.events import events
from swarm.cli.fork import fork
from swarm.cli.gc import collect
from swarm.cli.list_runs import list_runs
from swarm.cli.merge import merge
from swarm.cli.moving import export_command, import_command
from swarm.cli.planning import approve, plan
from swarm.cli.recover import recover
from swarm.cli.report import report
from swarm.cli.run import resume, run
from swarm.cli.shell import INTERRUPTED, Command, Commands
from swarm.cli.show import show
from swarm.cli.simulate import simulate
from swarm.cli.status import status
from swarm.cli.steering import cancel, pause, replan, tell
from swarm.cli.story import story
from swarm.cli.tasks import tasks
from swarm.cli.verify import verify
from swarm.cli.watch import watch

GARBAGE_THRESHOLD = 10_000
"""New objects before the interpreter looks for cycles among them: few enough, however large what hangs on them is."""


@dataclass(frozen=True, slots=True)
class Row:
    """A command in the list: what it is called, what does it, one line about it, and an example."""

    name: str
    function: Callable[..., None]
    about: str
    example: str


COMMANDS: dict[str, tuple[Row, ...]] = {
    "Carry a task out": (
        Row(
            "run",
            run,
            "Plan, work, verify, and merge onto the branch swarm/RUN_ID.",
            'swarm run "Port this package to Python 3.13" --repo . --check "pytest -q"',
        ),
        Row(
            "plan",
            plan,
            "Only ask for a plan, to read, edit and give to `swarm run`.",
            'swarm plan "Port this package to Python 3.13" -o plan.json',
        ),
        Row("approve", approve, "Let a run begin that waits for you to see its plan.", "swarm approve last"),
        Row("resume", resume, "Go on with a run that was paused, stopped or killed.", "swarm resume last --workers 50"),
    ),
    "Look at runs": (
        Row("list", list_runs, "Your runs, the newest first.", "swarm list --json"),
        Row("status", status, "What a run is doing now.", "swarm status last"),
        Row("watch", watch, "Follow a run live, from any terminal.", "swarm watch last"),
        Row("show", show, "The plan, or what agents did, step by step.", "swarm show last parser@2 --full"),
        Row("story", story, "All that ever happened to one subtask or attempt.", "swarm story last parser"),
        Row("events", events, "All that happened, one line each.", "swarm events last --follow --type attempt_ended"),
    ),
    "Steer a run": (
        Row("pause", pause, "Bring it to a stop that `swarm resume` goes on from.", "swarm pause last"),
        Row(
            "tell",
            tell,
            "Say something to all agents, or to one.",
            'swarm tell last parser "The grammar has changed: see docs/grammar.md"',
        ),
        Row(
            "replan",
            replan,
            "Have the planner change the plan.",
            'swarm replan last "There is no need to support Windows: drop what is only for that"',
        ),
        Row("cancel", cancel, "Give the run up for good, or one subtask.", "swarm cancel last parser"),
    ),
    "Take the result": (
        Row("report", report, "The outcome with its evidence, as Markdown.", "swarm report last -o report.md"),
        Row("diff", diff, "What changed, as a patch.", "swarm diff last parser | less"),
        Row("merge", merge, "Merge the run's branch into yours.", "swarm merge last --into main"),
    ),
    "Go back, move, repair": (
        Row("fork", fork, "Make a new run from an earlier instant of another.", "swarm fork last --at 120"),
        Row("export", export_command, "Write a run into one file.", "swarm export last -o run.tar"),
        Row("import", import_command, "Make a run of such a file, on any machine.", "swarm import run.tar --repo ."),
        Row("verify", verify, "Look a run through for damage; changes nothing.", "swarm verify last"),
        Row("recover", recover, "Bring a run with a damaged journal back.", "swarm recover last"),
        Row("gc", collect, "Remove old runs, to make room.", "swarm gc --older-than 4w --dry-run"),
    ),
    "Set up and try out": (
        Row(
            "doctor",
            doctor,
            "Examine this machine, and what a model can do.",
            "swarm doctor --base-url http://127.0.0.1:8000/v1 --model NAME",
        ),
        Row("demo", demo, "See 300 agents at work, without a model.", "swarm demo"),
        Row("tasks", tasks, "The tasks that come with swarm; checks your own.", "swarm tasks my-task --check"),
        Row(
            "simulate",
            simulate,
            "Serve a simulated model endpoint.",
            "swarm simulate --scenario tasks/textkit/simulation/scenario.toml --port 8123",
        ),
    ),
}
"""Every command, by what a person wants to do, in the order of ``swarm --help``."""


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
    for group, rows in COMMANDS.items():
        for row in rows:
            register = app.command(
                row.name, cls=Command, short_help=row.about, epilog=f"Example: {row.example}", rich_help_panel=group
            )
            register(row.function)
    return app


def main() -> None:
    """Run the command line and exit the process."""
    # Nearly all that a start makes stays: looking through it over and over for garbage takes a sixth of its time.
    gc.set_threshold(GARBAGE_THRESHOLD)
    try:
        make_app()(prog_name="swarm")
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
