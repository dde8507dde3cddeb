"""What goes on beside a run while it is driven: a copy of its journal every hour, and a look at its disk."""

import asyncio
import logging
import os
import time
from collections.abc import Callable
from pathlib import Path

from swarm.core.events import PauseReason
from swarm.core.stimuli import PauseAsked, Stimulus
from swarm.errors import JournalError
from swarm.journal.backup import back_up, newest_backup_age_s
from swarm.journal.ballast import ballast_of

log = logging.getLogger(__name__)

BACKUP_INTERVAL_S = 3600.0
LOOK_S = 0.25
"""How often the disk is looked at."""

MOST_WANTED_BYTES = 64 * 1024 * 1024
_LEAST_WANTED_SHARE = 50

Report = Callable[[Stimulus], None]


async def look_after(journal: Path, report: Report) -> None:
    """Go on until cancelled.

    Args:
        journal: the run's journal, whose folder is on the disk that is looked at.
        report: told, once, to pause the run when the disk is full.
    """
    async with asyncio.TaskGroup() as group:
        group.create_task(keep_copies(journal), name="backups")
        group.create_task(watch_disk(journal, report), name="disk")


async def keep_copies(journal: Path, *, interval_s: float = BACKUP_INTERVAL_S) -> None:
    """Copy the journal whenever the newest copy is older than an interval. A copy that fails is tried again later."""
    while True:
        age = await asyncio.to_thread(newest_backup_age_s, journal, time.time())
        await asyncio.sleep(max(interval_s - age, interval_s / 60))
        try:
            copy = await asyncio.to_thread(back_up, journal)
            log.info("copied the journal to %s", copy)
        except JournalError as error:
            log.warning("the journal has no newer copy: %s", error.message)
            await asyncio.sleep(interval_s / 60)


async def watch_disk(journal: Path, report: Report, *, look_s: float = LOOK_S) -> None:
    """Ask for a pause when the ballast was needed, or when the disk is about to be full."""
    held = ballast_of(journal).exists()
    while True:
        await asyncio.sleep(look_s)
        problem = _problem(journal, held=held)
        if problem:
            report(PauseAsked(PauseReason.STORAGE, problem, "storage"))
            return


def _problem(journal: Path, *, held: bool) -> str:
    try:
        disk = os.statvfs(journal.parent)
    except OSError as error:
        return f"the disk of the run's folder cannot be reached: {error.strerror}"
    free, total = disk.f_bavail * disk.f_frsize, disk.f_blocks * disk.f_frsize
    wanted = min(MOST_WANTED_BYTES, total // _LEAST_WANTED_SHARE)
    if free < wanted or (held and not ballast_of(journal).exists()):
        return f"the disk of {journal.parent} is full ({free // 2**20} MiB are free); free some space, then resume"
    return ""
