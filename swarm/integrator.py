"""The integrator: brings accepted commits onto the run's branch, one at a time, and the branch to the user."""

import asyncio
import logging

from swarm.core.events import PauseReason
from swarm.core.stimuli import MergeAttempt, MergeConflicted, MergeDone, MergeFailed, PauseAsked, Stimulus
from swarm.errors import MergeUncertain, SwarmError, WorkspaceError, is_systemic
from swarm.failpoints import reach
from swarm.protocols import Repository
from swarm.workspace.publication import publish
from swarm.workspace.repository import RunRepository
from swarm.workspace.user_repository import UserRepository

log = logging.getLogger(__name__)


async def merge_attempt(repository: Repository, command: MergeAttempt, run_id: str) -> Stimulus:
    """Merge one accepted commit and say what came of it."""
    subtask_id = command.attempt_id.rpartition("@")[0]
    message = (
        f"Merge {subtask_id}\n\nSwarm-Run: {run_id}\nSwarm-Subtask: {subtask_id}\nSwarm-Attempt: {command.attempt_id}\n"
    )
    try:
        merge = await repository.merge(command.commit, head=command.head, message=message)
    except WorkspaceError as error:
        # To take an uncertain merge for a failed one would leave the branch ahead of the record, and nothing could be
        # merged any more. Its intent stays: whoever resumes the run finishes it first.
        if is_systemic(error) or isinstance(error, MergeUncertain):
            return PauseAsked(PauseReason.STORAGE, error.message, error.code)
        return MergeFailed(command.attempt_id, error.message)
    if merge.head:
        return MergeDone(command.attempt_id, merge.head)
    reach("merge.conflicted")
    return MergeConflicted(command.attempt_id, command.head, merge.conflict_tree, merge.conflict_paths)


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
