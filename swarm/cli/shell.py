"""What happens around every command: errors become one line and a hint, and the exit code that DESIGN names."""

import contextlib
import os
import sys
import traceback
from typing import Any

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup

from swarm.errors import SwarmError
from swarm.redaction import know_environment, redact
from swarm.text import neutralise

INTERRUPTED = 130
BROKEN_PIPE = 141


class Command(TyperCommand):
    """A command whose usage line is written as manual pages write it: ``RUN [SUBTASK]``."""

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """Return the words of the usage line."""
        del ctx
        arguments = [parameter for parameter in self.params if isinstance(parameter, TyperArgument)]
        return [str(self.options_metavar), *map(_usage, arguments)]


class Commands(TyperGroup):
    """The group of all commands, in the order in which they were registered."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the list of commands, below the heading that each was registered with."""
        groups: dict[str, list[tuple[str, str]]] = {}
        longest = max(map(len, self.commands))
        for name in self.list_commands(ctx):
            command: Any = self.commands[name]
            about = command.get_short_help_str(formatter.width - 6 - longest)
            groups.setdefault(command.rich_help_panel, []).append((f"{name:{longest}}", about))
        for group, rows in groups.items():
            with formatter.section(group):
                formatter.write_dl(rows)

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the commands in their own order, which is that of a run's life."""
        del ctx
        return list(self.commands)

    def invoke(self, ctx: Any) -> Any:
        """Carry a command out; whatever it raises becomes a message and an exit code."""
        know_environment(os.environ)
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except KeyboardInterrupt:
            raise typer.Exit(INTERRUPTED) from None
        except BrokenPipeError:
            _forget_stdout()
            raise typer.Exit(BROKEN_PIPE) from None
        except Exception as error:  # noqa: BLE001 - the last resort: nothing above handles what is passed over here
            raise typer.Exit(_report_or_raise(error)) from None
        return result


def _usage(argument: TyperArgument) -> str:
    name = argument.metavar or str(argument.name).upper()
    return name if argument.required or name.startswith("[") else f"[{name}]"


def _report_or_raise(error: Exception) -> int:
    """Tell people about the error and return the exit code; what the option parser handles is raised again."""
    cause = _swarm_error(error)
    if cause is None and type(error).__module__.startswith(("typer.", "click.")):
        raise error
    if os.environ.get("SWARM_DEBUG") == "1":
        sys.stderr.write(neutralise(redact("".join(traceback.format_exception(error)))))
    if cause is not None:
        report(cause.message, cause.hint)
        return cause.exit_code
    report(
        f"unexpected {type(error).__name__}: {error}", "This is a bug in swarm; SWARM_DEBUG=1 shows where it happened."
    )
    return 1


def report(message: str, hint: str = "") -> None:
    """Write an error message and its hint to stderr, made harmless."""
    text = f"error: {message}\n" + (f"hint: {hint}\n" if hint else "")
    sys.stderr.write(neutralise(redact(text)))


def _swarm_error(error: BaseException) -> SwarmError | None:
    """Return the first error that swarm raised on purpose, looking into groups."""
    if isinstance(error, SwarmError):
        return error
    if isinstance(error, BaseExceptionGroup):
        return next(filter(None, map(_swarm_error, error.exceptions)), None)
    return None


def _forget_stdout() -> None:
    # The interpreter flushes stdout once more when it ends and would complain.
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
