"""Judges a commit: what it may not touch, then its checks, run where its author cannot reach them."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace

from swarm.core import checking, weakening
from swarm.core.messages import CheckResult, Verdict
from swarm.core.patterns import PathPatterns
from swarm.errors import ToolError
from swarm.protocols import Changes, Workspace, Workspaces
from swarm.redaction import redact
from swarm.text import neutralise, neutralise_line, trim_middle

_RECORDED = 64 * 1024
_REMEMBERED = 50_000

ReadFile = Callable[[str, str], Awaitable[bytes | None]]
"""Returns a file of a commit, None when there is none at that path."""


async def no_file(_commit: str, _path: str) -> bytes | None:
    """Know of no file: for repositories that live in memory."""
    return None


@dataclass(frozen=True, slots=True)
class HiddenTests:
    """What no agent may see.

    Attributes:
        commands: the checks that run with the files; all others run without.
        files: the files by their paths, put over whatever the author of the work has put there.
        told: whether an agent is told the counts that a failed one printed. More than that it is never told.
    """

    commands: frozenset[str] = frozenset()
    files: Mapping[str, bytes] = field(default_factory=dict)
    told: bool = True


class CheckVerifier:
    """Runs each check in a clean checkout of the commit. Implements :class:`swarm.protocols.Verifier`.

    Args:
        workspaces: gives the clean checkouts.
        repository: tells what a commit changes.
        protected: patterns of paths that nothing may change, like those of a ``.gitignore``: ``tests/**``, ``*.lock``.
        check_timeout_s: seconds until a check is stopped.
        protect_tests: refuse changes to files that a check names, too, instead of only saying so.
        hidden: tests that no agent may see.
        read_file: reads files of commits.
        sandbox: what evidence calls the place where checks run.
    """

    def __init__(
        self,
        workspaces: Workspaces,
        repository: Changes,
        *,
        protected: Sequence[str],
        check_timeout_s: float,
        protect_tests: bool = False,
        hidden: HiddenTests | None = None,
        read_file: ReadFile = no_file,
        sandbox: str = "",
    ) -> None:
        self._workspaces = workspaces
        self._repository = repository
        self._protected = PathPatterns(protected)
        self._check_timeout_s = check_timeout_s
        self._protect_tests = protect_tests
        self._hidden = hidden or HiddenTests()
        self._read_file = read_file
        self._sandbox = sandbox
        # What is known of checks in this process, oldest first: whether they passed, by commit and command.
        self._known: dict[tuple[str, str], bool] = {}

    async def verify(
        self,
        commit: str,
        *,
        base: str,
        checks: Sequence[str],
        name: str,
        writes: Sequence[str] = (),
        final: bool = False,
    ) -> Verdict:
        """Refuse changes to protected paths, else run the checks in order until one fails.

        Args:
            commit: what to judge.
            base: what its changes are counted from.
            checks: command lines; without any the commit is accepted, but not verified.
            name: name of the checkout, which is removed at the end.
            writes: files that the work was told to change.
            final: these are the run's own checks, on the merged branch.

        Raises:
            WorkspaceError: the checks could not be run at all.
        """
        changed = await self._changed(base, commit)
        if touched := self._protected.among(changed):
            return _refusal("protected", touched)
        tests = await self._touched_tests(base, changed, checks, writes)
        if tests and self._protect_tests:
            return replace(_refusal("test", tests), touched_tests=tests)
        settings = await self._touched_settings(base, commit, weakening.not_written(changed, writes))
        if checks:
            results = await self._run_checks(_Place(commit, base, name, final), checks)
            verdict = self._verdict(results)
        else:
            verdict = Verdict(accepted=True, verified=False, reason="There were no checks to run.")
        return replace(verdict, touched_tests=tests, touched_settings=settings)

    async def try_checks(
        self, commit: str, *, checks: Sequence[str], name: str, timeout_s: float
    ) -> tuple[CheckResult, ...]:
        """Run every check once on a commit, whatever comes of those before: to learn what they say of it.

        Args:
            commit: where they run.
            checks: command lines.
            name: name of the checkout, which is removed at the end.
            timeout_s: seconds until one is stopped.

        Raises:
            WorkspaceError: the checks could not be run at all.
        """
        place = _Place(commit, commit, name, timeout_s=timeout_s)
        async with self._checkouts(place) as checkouts:
            results = tuple([await self._run_check(place, checkouts, command) for command in checks])
        for result in results:
            self._learn(place, result)
        return results

    async def _changed(self, base: str, commit: str) -> tuple[str, ...]:
        return () if commit == base else await self._repository.changed_paths(base, commit)

    async def _touched_tests(
        self, base: str, changed: Iterable[str], checks: Sequence[str], writes: Sequence[str]
    ) -> tuple[str, ...]:
        named = weakening.not_written(weakening.named_among(checks, changed), writes)
        return tuple([path for path in named if await self._read_file(base, path) is not None])

    async def _touched_settings(self, base: str, commit: str, changed: Sequence[str]) -> tuple[str, ...]:
        found = list(weakening.settings_by_name(changed))
        for path in filter(weakening.needs_both_texts, changed):
            before, after = [await self._read_file(each, path) or b"" for each in (base, commit)]
            if weakening.changes_settings(path, before.decode(errors="replace"), after.decode(errors="replace")):
                found.append(path)
        return tuple(sorted(found))

    async def _run_checks(self, place: "_Place", checks: Sequence[str]) -> tuple[CheckResult, ...]:
        results: list[CheckResult] = []
        async with self._checkouts(place) as checkouts:
            for command in checks:
                result = await self._run_check(place, checkouts, command)
                if self._is_doubtful(place, result):
                    await checkouts.renew()
                    again = await self._run_check(place, checkouts, command)
                    result = replace(again, runs=result.runs + 1)
                self._learn(place, result)
                results.append(result)
                if not result.passed:
                    break
        return tuple(results)

    def _is_doubtful(self, place: "_Place", result: CheckResult) -> bool:
        known = (self._known.get((commit, result.command), False) for commit in (place.commit, place.base))
        return checking.is_worth_repeating(result, passed_before=any(known), final=place.final)

    def _learn(self, place: "_Place", result: CheckResult) -> None:
        self._known[place.commit, result.command] = result.passed
        if result.runs > 1 and not result.passed and place.base != place.commit:
            # It fails with this work and not by chance; its author's next tries are not run twice.
            self._known.pop((place.base, result.command), None)
        if len(self._known) > _REMEMBERED:
            del self._known[next(iter(self._known))]

    def _checkouts(self, place: "_Place") -> "_Checkouts":
        return _Checkouts(self._workspaces, self._hidden.files, place)

    async def _run_check(self, place: "_Place", checkouts: "_Checkouts", command: str) -> CheckResult:
        hidden = command in self._hidden.commands
        try:
            workspace = await checkouts.workspace(hidden=hidden)
        except ToolError as error:
            output = f"A hidden file cannot be put where it belongs: {error.message}"
            return CheckResult(command, 1, 0.0, output, "", place.commit, self._sandbox, hidden=True)
        result = await workspace.run(command, timeout_s=place.timeout_s or self._check_timeout_s)
        return CheckResult(
            command,
            result.exit_code,
            result.seconds,
            trim_middle(redact(result.output), _RECORDED),
            result.output_digest,
            commit=place.commit,
            sandbox=self._sandbox,
            output_bytes=result.output_bytes,
            hidden=hidden,
            stopped=result.stopped,
        )

    def _verdict(self, results: tuple[CheckResult, ...]) -> Verdict:
        last = results[-1]
        if last.passed:
            return Verdict(accepted=True, verified=True, checks=results)
        reason = checking.failure_in_words(
            last,
            command=neutralise_line(last.command),
            output=neutralise(last.output),
            timeout_s=self._check_timeout_s,
            told=self._hidden.told,
        )
        return Verdict(accepted=False, verified=True, reason=reason, checks=results)


@dataclass(frozen=True, slots=True)
class _Place:
    """Which commit is judged, against which, under which name."""

    commit: str
    base: str
    name: str
    final: bool = False
    timeout_s: float | None = None


class _Checkouts:
    """One clean checkout at a time of a commit, with hidden files in it only while a check needs them."""

    def __init__(self, workspaces: Workspaces, hidden: Mapping[str, bytes], place: _Place) -> None:
        self._workspaces = workspaces
        self._hidden = hidden
        self._place = place
        self._workspace: Workspace | None = None
        self._shows_hidden = False
        self._closing = AsyncExitStack()

    async def __aenter__(self) -> "_Checkouts":
        self._closing.push_async_callback(self._workspaces.close, self._place.name)
        self._closing.push_async_callback(self._wipe)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._closing.aclose()

    async def renew(self) -> None:
        """Go on in a clean checkout. Whoever holds one must not wait for a second: all could be held by such."""
        self._workspace = await self._workspaces.checkout(self._place.commit, name=self._place.name)
        self._shows_hidden = False

    async def workspace(self, *, hidden: bool) -> Workspace:
        """Return the checkout, with hidden files or without.

        Raises:
            ToolError: a hidden file cannot be put there: the work has something else at its path.
        """
        if self._workspace is None or self._shows_hidden:
            await self.renew()
        assert self._workspace is not None
        if hidden:
            self._shows_hidden = True
            self._put_hidden(self._workspace)
        return self._workspace

    def _put_hidden(self, workspace: Workspace) -> None:
        for path, data in self._hidden.items():
            workspace.files.write(path, data)
        for path, data in self._hidden.items():
            # Two of them may lead to one file, over links that the work has put there.
            if workspace.files.read(path) != data:
                raise ToolError(f"{neutralise_line(path)} is a link to the place of another one.")

    async def _wipe(self) -> None:
        if self._shows_hidden:
            await self.renew()


def _refusal(kind: str, touched: Sequence[str]) -> Verdict:
    reason = checking.refused_paths(kind, [neutralise_line(path) for path in touched])
    return Verdict(accepted=False, verified=False, reason=reason)
