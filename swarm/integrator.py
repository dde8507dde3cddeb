"""The integrator: brings accepted commits onto the run's branch, one at a time, and the branch to the user."""

import asyncio
import logging

from swarm.core.events import PauseReason
from swarm.core.stimuli import (
    MergeAttempt,
    MergeConflicted,
    MergeDone,
    MergeFailed,
    MergeRemoved,
    PauseAsked,
    RemovalFailed,
    RemoveMerge,
    Stimulus,
)
from swarm.errors import MergeUncertain, SwarmError, WorkspaceError, is_systemic
from swarm.failpoints import reach
from swarm.protocols import Branch
from swarm.text import neutralise_line
from swarm.workspace.publication import publish
from swarm.workspace.repository import RunRepository
from swarm.workspace.user_repository import UserRepository

log = logging.getLogger(__name__)


async def merge_attempt(branch: Branch, command: MergeAttempt, run_id: str) -> Stimulus:
    """Merge one accepted commit and say what came of it."""
    message = f"Merge {_subtask(command.attempt_id)}\n\n{trailers(run_id, command.attempt_id)}"
    try:
        merge = await branch.merge(command.commit, head=command.head, message=message)
    except WorkspaceError as error:
        return _pause(error) or MergeFailed(command.attempt_id, error.message)
    if merge.head:
        return MergeDone(command.attempt_id, merge.head)
    reach("merge.conflicted")
    return MergeConflicted(command.attempt_id, command.head, merge.conflict_tree, merge.conflict_paths)


async def remove_merge(branch: Branch, command: RemoveMerge, run_id: str) -> Stimulus:
    """Take a merge out of the branch again and say what came of it."""
    message = (
        f"Take {_subtask(command.attempt_id)} out again\n\n{neutralise_line(command.reason)}\n"
        f"This undoes {command.merge}.\n\n{trailers(run_id, command.attempt_id)}"
    )
    try:
        merge = await branch.take_out(command.merge, head=command.head, message=message)
    except WorkspaceError as error:
        return _pause(error) or RemovalFailed(command.attempt_id, f"it could not be taken out: {error.message}")
    if merge.head:
        return MergeRemoved(command.attempt_id, merge.head)
    paths = ", ".join(neutralise_line(path) for path in merge.conflict_paths[:10])
    return RemovalFailed(command.attempt_id, f"others have changed the same lines since, in: {paths}")


def trailers(run_id: str, attempt_id: str) -> str:
    """Return the lines at the end of a commit message that say whose commit it is."""
    return f"Swarm-Run: {run_id}\nSwarm-Subtask: {_subtask(attempt_id)}\nSwarm-Attempt: {attempt_id}\n"


def _subtask(attempt_id: str) -> str:
    return attempt_id.rpartition("@")[0]


def _pause(error: WorkspaceError) -> PauseAsked | None:
    """Return that the run must pause, if it must.

    To take an uncertain merge for a failed one would leave the branch ahead of the record, and nothing could be merged
    any more. Its intent stays: whoever resumes the run finishes it first.
    """
    if is_systemic(error) or isinstance(error, MergeUncertain):
        return PauseAsked(PauseReason.STORAGE, error.message, error.code)
    return None


class Publisher:
    """Keeps the branch in the user's repository up to date without slowing the merges down.

    Merges come faster than a fetch into another repository, so one publication carries all that came meanwhile, and
    there are at least ``pause_s`` seconds between two.
    """

    def __init__(self, repository: RunRepository, user: UserRepository, *, pause_s: float = 5.0) -> None:
        self._repository = repository
        self._user = user
        self._changed = asyncio.Event()
        self._pause_s = pause_s
        self.problem = ""

    def changed(self) -> None:
        """The run's branch has a new head."""
        self._changed.set()

    async def run(self) -> None:
        """Publish whenever the branch has changed, until cancelled."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            await self.publish()
            await asyncio.sleep(self._pause_s)

    async def publish(self) -> None:
        """Publish now. A refusal is kept in ``problem``: the run itself goes on."""
        try:
            published = await publish(self._repository, self._user)
            self.problem = published.note
        except (SwarmError, OSError) as error:
            self.problem = str(error)
            log.warning("the branch could not be published: %s", error)
