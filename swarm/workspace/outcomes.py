"""Outcomes of tool calls, kept beside the workspace from the moment they are known until they are recorded.

Between the end of a call and its record lies a snapshot of the workspace. A process that is killed there leaves the
outcome in a file and the workspace as the call left it, so the next one takes both over instead of making the call
again. The file lies beside the files that commands can change, not among them.

Nothing is synced: after a reboot nobody knows which of the files had reached the disk, so an outcome of another boot
of the machine does not count.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from swarm.durable import boot_id
from swarm.errors import WorkspaceError
from swarm.failpoints import reach
from swarm.protocols import KeptOutcome
from swarm.workspace.bare_repository import path_name

log = logging.getLogger(__name__)

_NAME = "outcome.json"
_MOST_BYTES = 16 * 1024 * 1024

SnapshotAsLeft = Callable[[str], Awaitable[str]]
"""Records the files of an attempt's workspace as they are and returns the tree; empty when there is no workspace."""


@dataclass(frozen=True, slots=True)
class _Kept:
    attempt_id: str
    step: int
    index: int
    boot: str
    content: str
    failed: bool
    seconds: float
    full: str


class OutcomeFiles:
    """One file per attempt: only its last call can be without a record. Implements :class:`swarm.protocols.Outcomes`.

    Args:
        attempts: the folder of the attempts' folders.
        snapshot: records a workspace as a killed process has left it.
    """

    def __init__(self, attempts: Path, snapshot: SnapshotAsLeft) -> None:
        self._attempts = attempts
        self._snapshot = snapshot
        self._boot = boot_id()

    async def keep(self, attempt_id: str, step: int, index: int, outcome: KeptOutcome) -> None:
        """Keep the outcome of a call. One that cannot be kept only makes the call unknown if we are killed now."""
        kept = _Kept(
            attempt_id, step, index, self._boot, outcome.content, outcome.failed, outcome.seconds, outcome.full
        )
        await asyncio.to_thread(_write, self._file(attempt_id), kept)
        reach("tool.kept")

    async def find(self, attempt_id: str, step: int, index: int) -> KeptOutcome | None:
        """Return the outcome of a call that nobody recorded, with the files as the call left them; None without one."""
        kept = await asyncio.to_thread(_read, self._file(attempt_id))
        wanted = (attempt_id, step, index, self._boot)
        if kept is None or not self._boot or (kept.attempt_id, kept.step, kept.index, kept.boot) != wanted:
            return None
        try:
            tree = await self._snapshot(attempt_id)
        except WorkspaceError as error:
            log.warning("what the last call of %s left cannot be taken over: %s", attempt_id, error.message)
            tree = ""
        if not tree:
            # What comes next is to bring older files back: from then on the outcome would not fit them.
            await asyncio.to_thread(self._file(attempt_id).unlink, missing_ok=True)
            return None
        return KeptOutcome(kept.content, kept.failed, kept.seconds, tree, kept.full)

    def _file(self, attempt_id: str) -> Path:
        return self._attempts / path_name(attempt_id) / _NAME


def _write(file: Path, kept: _Kept) -> None:
    try:
        file.write_text(json.dumps(asdict(kept)), encoding="utf-8")
    except OSError as error:
        log.warning("the outcome of a tool call is not kept: %s: %s", file, error.strerror)


def _read(file: Path) -> _Kept | None:
    """Return what a file holds; None when there is none, or it was not written to its end."""
    try:
        with file.open("rb") as opened:
            return _Kept(**json.loads(opened.read(_MOST_BYTES)))
    except (OSError, ValueError, TypeError):
        return None
