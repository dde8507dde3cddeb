"""What a run works on outside of its own process, put together: its repository, workspaces, verifier, publication.

The runtime takes whatever an :data:`Assemble` returns. :func:`on_this_machine` is the real thing: git, clones, a
sandbox; ``swarm.testing.simulation`` has another one, which lives in memory and in virtual time.
"""

import asyncio
import contextlib
import shutil
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from swarm.core.hidden import contents
from swarm.core.repository_map import RepositoryMap
from swarm.core.state import RunState
from swarm.core.task import Task
from swarm.creation import absolute
from swarm.errors import RepositoryError, SandboxUnavailable, WorkspaceError
from swarm.integrator import Publisher
from swarm.journal.store import RunFolder
from swarm.judges import Diff, no_diff
from swarm.protocols import Branch, Intake, Outcomes, Verifier, Workspaces
from swarm.upkeep import Report, look_after
from swarm.verifier import CheckVerifier, HiddenTests
from swarm.workspace.choosing import watch
from swarm.workspace.clones import CloneWorkspaces
from swarm.workspace.command_limits import command_slots
from swarm.workspace.egress import EgressProxy, proxies
from swarm.workspace.git import Git
from swarm.workspace.intake import RunIntake
from swarm.workspace.integrity import incomplete_object_of
from swarm.workspace.outcomes import OutcomeFiles
from swarm.workspace.repository import RunRepository
from swarm.workspace.repository_map import map_repository
from swarm.workspace.sandbox import Sandbox, SandboxLevel
from swarm.workspace.user_repository import UserRepository, inspect_user_repository

DIFF_BYTES = 256 * 1024
"""How much of a change judges are shown at most; what is left of it is bounded once more."""


class Remains(Protocol):
    """What attempts that are over have left behind."""

    async def leftovers(self, *, keep: Iterable[str]) -> list[str]:
        """Return the names of workspaces whose attempts are over; ``keep`` names attempts that are not."""
        ...

    async def keep_swept(self, names: Iterable[str]) -> None:
        """Remove what :meth:`leftovers` has named, as far as that is possible, then what is closed, until cancelled."""
        ...

    async def close_all(self) -> None:
        """Remove everything: the run is over."""
        ...


class Publication(Protocol):
    """Brings the run's branch to the user's repository; ``problem`` says why it is not there, when it is not."""

    problem: str

    def changed(self) -> None:
        """The run's branch has a new head."""
        ...

    async def run(self) -> None:
        """Publish whenever the branch has changed, until cancelled."""
        ...

    async def publish(self) -> None:
        """Publish now. Never raises for what the user's repository does."""
        ...


Survey = Callable[[str], Awaitable[RepositoryMap]]
"""Maps a commit of the run's repository for planners. Raises WorkspaceError."""

Upkeep = Callable[[Report], Coroutine[Any, Any, None]]
"""What goes on beside a run while it is driven, until it is cancelled; it may report stimuli."""


async def no_upkeep(_: Report) -> None:
    """Do nothing: for runs that live in memory."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What a run works on.

    ``survey`` maps a commit of the repository for planners; ``runs`` says whether checks can call a
    program by its name; without ``outcomes`` a tool call that is not recorded is
    made again or unknown after a kill.
    """

    branch: Branch
    intake: Intake
    workspaces: Workspaces
    remains: Remains
    verifier: Verifier
    publisher: Publication
    survey: Survey
    outcomes: Outcomes | None = None
    runs: Callable[[str], bool] | None = None
    upkeep: Upkeep = no_upkeep
    diff: Diff = no_diff


Assemble = Callable[[RunFolder, RunState, Task], Awaitable[Parts]]
"""Puts the parts of a run together, given its folder, its state, and its task with the limits that hold from now on.

Raises:
    UsageError: the repository cannot be used.
    WorkspaceError: git or the file system failed.
"""


async def _repositories(folder: RunFolder, state: RunState, path: Path) -> tuple[RunIntake, UserRepository]:
    """Return the run's intake, with its repository, and the user's, which have all that the run goes on from."""
    git = Git()
    if not await asyncio.to_thread(path.is_dir):
        raise RepositoryError(
            f"the repository of run {state.run_id}, {path}, is gone",
            hint="Put it back there, or a link to where it is now, then `swarm resume`; nothing is lost.",
        )
    user = await inspect_user_repository(path, git=git)
    repository = await RunRepository.create(
        folder.repository, user=user, base_commit=state.base_commit, run_id=state.run_id, git=git
    )
    incomplete, said = await incomplete_object_of(repository, [state.head])
    if incomplete:
        raise RepositoryError(
            f"the commit {incomplete} that run {state.run_id} goes on from is not complete in {path}: {said}",
            hint="`git fsck` there names what is gone. Restore or fetch it, then `swarm resume`; nothing is lost.",
        )
    return await RunIntake.create(folder.intake, run=repository), user


async def _proxy(sandbox: Sandbox, task: Task) -> EgressProxy | None:
    """Return the started proxy to the hosts that a task allows; None when it allows none, or all are within reach.

    Raises:
        SandboxUnavailable: the sandbox cannot let commands out to some hosts only.
        WorkspaceError: the proxy's socket cannot be made.
    """
    proxy = proxies(task.allowed_hosts)
    if proxy is None or sandbox.level in {SandboxLevel.CONTAINER, SandboxLevel.NONE}:
        return None
    if sandbox.level is not SandboxLevel.BWRAP:
        raise SandboxUnavailable(
            f"the task allows hosts, and {sandbox.level} can only keep all of the network away",
            hint="Install bubblewrap, or allow no hosts.",
        )
    try:
        await proxy.start()
    except OSError as error:
        raise WorkspaceError(f"the proxy to the hosts that the task allows cannot be started: {error}") from error
    return proxy


async def _keep_up(journal: Path, sandbox: Sandbox, proxy: EgressProxy | None, report: Report) -> None:
    async with contextlib.AsyncExitStack() as stack, asyncio.TaskGroup() as group:
        if proxy is not None:
            stack.push_async_callback(proxy.close)
        group.create_task(look_after(journal, report), name="journal and disk")
        group.create_task(watch(sandbox, report), name="sandbox")


def _hidden_tests(state: RunState, task: Task) -> HiddenTests:
    told = task.hidden_output == "counts"
    return HiddenTests(frozenset(task.hidden_checks), contents(state.hidden), told=told)


def on_this_machine(sandbox: Sandbox) -> Assemble:
    """Return what puts real parts together: git, private clones, commands in the sandbox."""

    async def assemble(folder: RunFolder, state: RunState, task: Task) -> Parts:
        intake, user = await _repositories(folder, state, absolute(task.repository))
        repository = intake.run
        cores = command_slots()
        proxy = await _proxy(sandbox, task)
        confined = replace(sandbox, proxy=proxy.socket) if proxy else sandbox
        workspaces = CloneWorkspaces(
            folder.attempts,
            intake=intake,
            sandbox=confined,
            slots=asyncio.Semaphore(cores),
            checkouts=cores + 1,
        )
        verifier = CheckVerifier(
            workspaces,
            repository,
            protected=task.protected,
            check_timeout_s=task.limits.check_timeout_s,
            protect_tests=task.protect_tests,
            hidden=_hidden_tests(state, task),
            read_file=repository.read_file,
            sandbox=sandbox.level,
        )
        return Parts(
            branch=repository,
            intake=intake,
            workspaces=workspaces,
            remains=workspaces,
            verifier=verifier,
            diff=partial(repository.diff, max_bytes=DIFF_BYTES),
            publisher=Publisher(repository, user),
            runs=lambda program: shutil.which(program) is not None,
            survey=partial(map_repository, repository, goal=task.instruction),
            outcomes=OutcomeFiles(folder.attempts, workspaces.snapshot_as_left),
            upkeep=partial(_keep_up, folder.journal, sandbox, proxy),
        )

    return assemble
