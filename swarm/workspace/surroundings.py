"""What bubblewrap needs around a command: the ``/etc`` that is shown, and the way in as the commands' own user."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from swarm.workspace.etc_folder import etc_folder, known_etc_folder
from swarm.workspace.own_user import Entrance, OwnUser, own_user

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The folder that becomes ``/etc``, and the way in."""

    etc: Path
    entrance: Entrance


async def surroundings(paths: Sequence[Path], *, limits: str, as_root: bool) -> Surroundings:
    """Return the surroundings of a command; they are made once, and found again for the commands after it.

    Args:
        paths: what bubblewrap has to find, resolved.
        limits: the shell commands by which bash limits itself.
        as_root: do without a user of its own where there could be one.
    """
    known = _known(paths, limits, as_root)
    return known if known is not None else await asyncio.to_thread(_made, paths, limits, as_root)


def _known(paths: Sequence[Path], limits: str, as_root: bool) -> Surroundings | None:
    etc = known_etc_folder(limits)
    looked_for_user = as_root or own_user.cache_info().currsize
    if etc is None or not looked_for_user:
        return None
    user = None if as_root else own_user()
    if user is None or user.problem:
        return Surroundings(etc, Entrance())
    entrance = user.known((etc, *paths))
    return Surroundings(etc, entrance) if entrance is not None else None


def _made(paths: Sequence[Path], limits: str, as_root: bool) -> Surroundings:
    etc = etc_folder(limits)
    user = None if as_root else own_user()
    if user is None or user.problem:
        return Surroundings(etc, Entrance())
    return Surroundings(etc, _enter(user, (etc, *paths)))


def _enter(user: OwnUser, paths: Sequence[Path]) -> Entrance:
    """Return the way in; that of root where one of the file systems cannot show its files to another user."""
    try:
        return user.entrance(paths)
    except OSError as error:
        log.warning("commands stay root's, without root's powers: %s", error)
        return Entrance()
