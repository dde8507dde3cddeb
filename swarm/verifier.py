"""Judges a commit: what it may not touch, then its checks, run where its author cannot reach them."""

import re
from collections.abc import Iterable, Sequence

from swarm.core.messages import CheckResult, Verdict
from swarm.errors import UsageError
from swarm.protocols import Repository, Workspace, Workspaces
from swarm.text import neutralise, neutralise_line, trim_middle

_TAIL = 4000
_RECORDED = 64 * 1024
_NAMES_SHOWN = 10
_COMMAND_NOT_FOUND = 127
_SHELL_SIGNAL_BASE = 128
_LAST_SIGNAL = 31


class CheckVerifier:
    """Runs each check in a clean checkout of the commit. Implements :class:`swarm.protocols.Verifier`.

    Args:
        workspaces: gives the clean checkouts.
        repository: tells what a commit changes.
        protected: patterns of paths that nothing may change, like those of a ``.gitignore``: ``tests/**``, ``*.lock``.
        check_timeout_s: seconds until a check is stopped.
    """

    def __init__(
        self, workspaces: Workspaces, repository: Repository, *, protected: Sequence[str], check_timeout_s: float
    ) -> None:
        self._workspaces = workspaces
        self._repository = repository
        self._protected = ProtectedPaths(protected)
        self._check_timeout_s = check_timeout_s

    async def verify(self, commit: str, *, base: str, checks: Sequence[str], name: str) -> Verdict:
        """Refuse changes to protected paths, else run the checks in order until one fails.

        Args:
            commit: what to judge.
            base: what its changes are counted from.
            checks: command lines; without any the commit is accepted, but not verified.
            name: name of the checkout, which is removed at the end.

        Raises:
            WorkspaceError: the checks could not be run at all.
        """
        touched = await self._touched(base, commit)
        if touched:
            return Verdict(accepted=False, verified=False, reason=_protected_reason(touched))
        if not checks:
            return Verdict(accepted=True, verified=False, reason="There were no checks to run.")
        try:
            workspace = await self._workspaces.checkout(commit, name=name)
            return await self._run_checks(workspace, checks)
        finally:
            await self._workspaces.close(name)

    async def _touched(self, base: str, commit: str) -> tuple[str, ...]:
        if not self._protected or commit == base:
            return ()
        return self._protected.among(await self._repository.changed_paths(base, commit))

    async def _run_checks(self, workspace: Workspace, checks: Sequence[str]) -> Verdict:
        results: list[CheckResult] = []
        for command in checks:
            result = await self._run_check(workspace, command)
            if _ended_by_signal(result):
                result = await self._run_check(workspace, command)
            results.append(result)
            if not result.passed:
                reason = _failure_reason(result, self._check_timeout_s)
                return Verdict(accepted=False, verified=True, reason=reason, checks=tuple(results))
        return Verdict(accepted=True, verified=True, checks=tuple(results))

    async def _run_check(self, workspace: Workspace, command: str) -> CheckResult:
        result = await workspace.run(command, timeout_s=self._check_timeout_s)
        return CheckResult(
            command, result.exit_code, result.seconds, trim_middle(result.output, _RECORDED), result.output_digest
        )


class ProtectedPaths:
    """A list of patterns in the style of ``.gitignore``; the last one that fits a path decides, ``!`` takes it back.

    A pattern without a slash fits names at any depth; one with a slash begins at the top. ``*`` and ``?`` stop at a
    slash, ``**`` does not. A pattern that fits a folder fits all that is in it.

    Raises:
        UsageError: a pattern cannot be understood.
    """

    def __init__(self, patterns: Iterable[str]) -> None:
        self._rules = [(not pattern.startswith("!"), _compile(pattern.removeprefix("!"))) for pattern in patterns]

    def __bool__(self) -> bool:
        return bool(self._rules)

    def among(self, paths: Iterable[str]) -> tuple[str, ...]:
        """Return those of the paths that are protected."""
        return tuple(path for path in paths if self._protects(path))

    def _protects(self, path: str) -> bool:
        protected = False
        for adds, pattern in self._rules:
            if pattern.fullmatch(path):
                protected = adds
        return protected


def _compile(pattern: str) -> re.Pattern[str]:
    body = pattern.rstrip("/")
    start = "" if "/" in body else "(?:.*/)?"
    pieces = re.split(r"(\*\*/|/\*\*$|\*\*|\*|\?|\[!?[^]/]+\])", body.lstrip("/"))
    translated = "".join(_translate(piece) for piece in pieces)
    try:
        return re.compile(f"{start}{translated}(?:/.*)?", re.DOTALL)
    except re.error as error:
        raise UsageError(f"the protected pattern {pattern!r} cannot be understood: {error}") from error


def _translate(piece: str) -> str:
    wildcards = {"**/": "(?:.*/)?", "/**": "/.*", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    if piece in wildcards:
        return wildcards[piece]
    if piece.startswith("[") and piece.endswith("]"):
        negated = piece.startswith("[!")
        members = re.sub(r"([\\^\[&~|])", r"\\\1", piece[2:-1] if negated else piece[1:-1])
        return f"[^/{members}]" if negated else f"[{members}]"
    return re.escape(piece)


def _ended_by_signal(result: CheckResult) -> bool:
    """Whether the check was killed, by its own signal or as its shell tells it; a flaky machine does that."""
    code = result.exit_code
    return code is not None and (code < 0 or _SHELL_SIGNAL_BASE < code <= _SHELL_SIGNAL_BASE + _LAST_SIGNAL)


def _protected_reason(touched: Sequence[str]) -> str:
    names = ", ".join(neutralise_line(path) for path in touched[:_NAMES_SHOWN])
    more = f" and {len(touched) - _NAMES_SHOWN} more" if len(touched) > _NAMES_SHOWN else ""
    return (
        f"These protected files were changed: {names}{more}. Put them back as they were and solve the task without "
        "changing them. No check was run."
    )


def _failure_reason(result: CheckResult, timeout_s: float) -> str:
    command = neutralise_line(result.command)
    if result.exit_code is None:
        what = f"was stopped at its time limit of {timeout_s:g} s"
    elif _ended_by_signal(result):
        what = f"was killed twice by a signal (exit code {result.exit_code})"
    elif result.exit_code == _COMMAND_NOT_FOUND:
        what = "failed with exit code 127: a command was not found in the sandbox"
    else:
        what = f"failed with exit code {result.exit_code} after {result.seconds:.1f} s"
    output = neutralise(result.output).strip()
    if not output:
        return f"The check `{command}` {what}. It printed nothing."
    told = "It printed:" if len(output) <= _TAIL else "The end of what it printed:"
    return f"The check `{command}` {what}. {told}\n{output[-_TAIL:]}"
