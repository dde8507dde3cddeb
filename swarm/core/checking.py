"""What follows from the result of a check: whether it is worth another run, and what an agent is told of it."""

import re
from collections.abc import Sequence

from swarm.core.messages import CheckResult

REPEATED_WITHIN_S = 120.0
"""A check that took longer is not run again in the middle of a run; at its end it is."""

TOLD = 4000
"""How much of what a check printed an agent is told."""

MAX_COUNTS = 12

_NAMES_SHOWN = 10
_COMMAND_NOT_EXECUTABLE = 126
_COMMAND_NOT_FOUND = 127
_KILL = 9
_SIGNALS = {6: "SIGABRT", 7: "SIGBUS", 9: "SIGKILL", 11: "SIGSEGV", 13: "SIGPIPE", 15: "SIGTERM", 24: "SIGXCPU"}
_COUNT = re.compile(
    r"\b(\d{1,6}) (passed|failed|errors?|skipped|xfailed|tests?|failures?|ok)\b"
    r"|\b(failures|errors|skipped|tests|passed|failed|fail|pass)\s?[=:]\s?(\d{1,6})\b",
    re.IGNORECASE,
)


def is_worth_repeating(result: CheckResult, *, passed_before: bool, final: bool) -> bool:
    """Whether a failed check is run once more before it counts.

    Work that is wrong fails its check each time, so that a second run of every failure would buy nothing. It is run
    again when there is reason to doubt the failure (a signal; the same check passed on the files that the work began
    with), and at the end of a run, where a failure costs a whole round of repair. One that hangs is not, nor one that
    was stopped because it took or printed too much.

    Args:
        result: what the check came to the first time.
        passed_before: it passed on this commit, or on the one that the work began with.
        final: it is one of the run's own, on the merged branch.
    """
    if (
        result.passed
        or result.stopped
        or result.exit_code is None
        or result.exit_code in (_COMMAND_NOT_FOUND, _COMMAND_NOT_EXECUTABLE)
    ):
        return False
    if final or result.signal:
        return True
    return passed_before and result.seconds <= REPEATED_WITHIN_S


def ending_in_words(result: CheckResult) -> str:
    """Return how a check ended: ``exit code 1``, ``stopped at its time limit``, ``killed by SIGKILL``."""
    if result.exit_code is None:
        return "stopped at its time limit"
    if result.stopped:
        return f"stopped: {result.stopped}"
    if result.signal:
        name = _SIGNALS.get(result.signal, f"signal {result.signal}")
        return f"killed by {name} (exit code {result.exit_code})"
    return f"exit code {result.exit_code}"


def failure_in_words(result: CheckResult, *, command: str, output: str, timeout_s: float, told: bool = True) -> str:
    """Return what an agent is told of a check that failed.

    Args:
        result: the check.
        command: its command line, neutralised.
        output: what it printed, neutralised; of a hidden check it is counts only.
        timeout_s: the time limit that it had, in seconds.
        told: whether a hidden check's counts may be told.
    """
    what = f"The check `{command}` {_ending(result, timeout_s)}."
    if result.hidden:
        return f"{what} {_of_hidden(output, told=told)}"
    output = output.strip()
    if not output:
        return f"{what} It printed nothing."
    head = "It printed:" if len(output) <= TOLD else "The end of what it printed:"
    return f"{what} {head}\n{output[-TOLD:]}"


def _of_hidden(output: str, *, told: bool) -> str:
    counts = counts_in(output) if told else ()
    said = f" It counted: {', '.join(counts)}." if counts else ""
    return f"It runs tests that you cannot see, so what it printed is kept back.{said} Compare the work with the goal."


def counts_in(output: str) -> tuple[str, ...]:
    """Return the counts that a test program prints (``3 failed``): all that is told of a hidden check.

    Numbers beside a few fixed words can carry next to nothing of the tests, whatever the code under test prints.
    """
    found = (
        f"{match[1]} {match[2].lower()}" if match[1] else f"{match[3].lower()} {match[4]}"
        for match in _COUNT.finditer(output[-TOLD:])
    )
    return tuple(dict.fromkeys(found))[-MAX_COUNTS:]


def _ending(result: CheckResult, timeout_s: float) -> str:
    twice = " twice" if result.runs > 1 else ""
    if result.exit_code is None:
        return f"was stopped at its time limit of {timeout_s:g} s, with everything that it had started"
    if result.stopped:
        return f"was stopped, with everything that it had started: {result.stopped}"
    if result.signal:
        memory = "; that is what running out of memory looks like" if result.signal == _KILL else ""
        return f"was killed{twice} by a signal: {ending_in_words(result)}{memory}"
    if result.exit_code == _COMMAND_NOT_FOUND:
        return "failed with exit code 127: a command was not found in the sandbox"
    if result.exit_code == _COMMAND_NOT_EXECUTABLE:
        return "failed with exit code 126: a command could not be executed in the sandbox"
    return f"failed{twice} with exit code {result.exit_code} after {result.seconds:.1f} s"


def refused_paths(kind: str, names: Sequence[str]) -> str:
    """Return the words that refuse a change to files that nobody may change; ``names`` are neutralised."""
    more = f" and {len(names) - _NAMES_SHOWN} more" if len(names) > _NAMES_SHOWN else ""
    return (
        f"These {kind} files were changed: {', '.join(names[:_NAMES_SHOWN])}{more}. Put them back as they were and "
        "solve the task without changing them. No check was run."
    )
