"""What the checks say before anything was done: which cannot fail, and which cannot run on this machine at all."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from swarm.core.messages import CheckResult

BASELINE_S = 120.0
"""How long one check may take on the untouched start; of one that takes longer nothing is known."""

SHOWN = 300

_COMMAND_NOT_EXECUTABLE = 126
_COMMAND_NOT_FOUND = 127
_NAMED = r"([\w.+-]+)"
_MISSING_COMMAND = re.compile(rf"(?:^|[:\s]){_NAMED}: (?:command )?not found\s*$", re.MULTILINE)
_MISSING_IN_MAKE = re.compile(rf"^make(?:\[\d+\])?: {_NAMED}: No such file or directory\s*$", re.MULTILINE)
_NOT_EXECUTABLE = re.compile(r"[^\n]*(?:bad interpreter|cannot execute|Exec format error|Permission denied)[^\n]*")
# What the work is to make may be missing as well, so only modules count that nobody writes for a goal.
_TEST_TOOLS = "pytest|nose2?|tox|nox|coverage|hypothesis|unittest2|mypy|ruff|flake8|pylint|black|isort|behave|pip|build"
_MISSING_MODULE = re.compile(rf"No module named ['\"]?({_TEST_TOOLS})['\"]?\s*$", re.MULTILINE)
_NO_NETWORK = re.compile(
    r"[^\n]*(?:Could not resolve host|Temporary failure in name resolution|Name or service not known"
    r"|Network is unreachable)[^\n]*"
)
_NO_SPACE = re.compile(r"[^\n]*No space left on device[^\n]*")


@dataclass(frozen=True, slots=True)
class BaselineChecked:
    """Checks ran on the commit that the run starts from, with none of the work in it.

    Attributes:
        commit: that commit.
        results: what they came to.
        whole: they are the run's own checks, and nothing was done before this was known; else some subtasks' checks,
            tried beside the work.
    """

    commit: str
    results: tuple[CheckResult, ...]
    whole: bool = True


def passing(results: Iterable[CheckResult]) -> tuple[str, ...]:
    """Return the commands that passed."""
    return tuple(result.command for result in results if result.passed)


def environment_problem(results: Sequence[CheckResult]) -> str:
    """Return why a check cannot pass whatever the work, as far as its output says so; empty when none does.

    Before the work is done, what the work is to make is missing, too: a file, a module, a program with a path. Only
    what no agent can bring about counts.
    """
    for result in results:
        missing = _missing(result)
        if missing:
            return f"the check `{result.command[:SHOWN]}` cannot run here, whatever the work: {missing}"
    return ""


def _missing(result: CheckResult) -> str:
    if result.passed or result.exit_code is None:
        return ""
    output = result.output[-4000:]
    if result.exit_code == _COMMAND_NOT_FOUND and (found := _MISSING_COMMAND.search(output)):
        return f"the command {found[1]} is not there"
    if result.exit_code == _COMMAND_NOT_EXECUTABLE and (found := _NOT_EXECUTABLE.search(output)):
        return found[0].strip()[:SHOWN]
    if found := _MISSING_IN_MAKE.search(output):
        return f"the command {found[1]} is not there"
    if found := _MISSING_MODULE.search(output):
        return f"the Python module {found[1]} is not installed"
    if found := _NO_NETWORK.search(output):
        return f"it wants the network, which the sandbox does not have: {found[0].strip()[:SHOWN]}"
    if found := _NO_SPACE.search(output):
        return found[0].strip()[:SHOWN]
    return ""


def remarks_on(results: Sequence[CheckResult]) -> tuple[str, ...]:
    """Return what a person should know of the run's own checks before any work is paid for."""
    passed = passing(results)
    said = []
    if passed and len(passed) == len(results):
        said.append(
            "every check of this run passes before anything was done, so that passing them will only prove that "
            "nothing was broken; a check that fails now and passes when the goal is reached would prove more"
        )
    else:
        said += [
            f"the check `{command[:SHOWN]}` passes before anything was done: passing it proves only that nothing was "
            "broken"
            for command in passed
        ]
    said += [
        f"the check `{result.command[:SHOWN]}` was stopped after {result.seconds:.0f} s on the untouched start, so "
        "what it says of that is not known"
        for result in results
        if result.exit_code is None
    ]
    return tuple(said)
