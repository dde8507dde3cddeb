"""Chooses the sandbox: the best level whose canaries all come back clean, and never less than was asked for."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Literal

from swarm.core.events import PauseReason
from swarm.core.stimuli import PauseAsked, Stimulus
from swarm.errors import SandboxUnavailable, WorkspaceError
from swarm.workspace.caches import Cache
from swarm.workspace.canaries import let_loose
from swarm.workspace.confining_launcher import landlock_version
from swarm.workspace.own_user import own_user
from swarm.workspace.sandbox import Sandbox, SandboxLevel

SandboxChoice = Literal["auto", "strict", "bwrap", "landlock", "container", "none"]
"""What may be asked for: the best there is, or no less than bubblewrap (``strict``, ``bwrap``), or one level."""

PROBE_INTERVAL_S = 600.0


async def choose_sandbox(wanted: SandboxChoice) -> Sandbox:
    """Return the sandbox that was asked for, after trying it.

    Args:
        wanted: ``auto`` takes bubblewrap, and Landlock only where bubblewrap cannot work; ``strict`` and ``bwrap`` take
            nothing less than bubblewrap; ``container`` believes that swarm runs in one that was made for this, and
            tries it all the same; only ``none`` does without.

    Raises:
        SandboxUnavailable: it does not work here; the message says why.
    """
    if wanted == "none":
        return Sandbox(SandboxLevel.NONE)
    if wanted in {"landlock", "container"}:
        sandbox = Sandbox(SandboxLevel(wanted))
        _refuse(await probe(sandbox))
        return sandbox
    sandbox, reason = await _bubblewrap()
    if not reason:
        return sandbox
    if wanted != "auto":
        _refuse(reason)
    landlock = Sandbox(SandboxLevel.LANDLOCK)
    if missing := await probe(landlock):
        _refuse(f"{reason} {missing}")
    return replace(landlock, degraded=_degraded(reason))


async def with_caches(sandbox: Sandbox, caches: tuple[Cache, ...]) -> tuple[Sandbox, str]:
    """Return a sandbox that shows caches to its commands, if it can; else as it was, and why, for a person."""
    if not caches:
        return sandbox, ""
    if sandbox.level is not SandboxLevel.BWRAP:
        return sandbox, f"The package caches are not used: only bubblewrap can show them, and this is {sandbox.level}."
    showing = replace(sandbox, caches=caches)
    reason = await probe(showing)
    return (sandbox, f"The package caches are not used. {reason}") if reason else (showing, "")


def refuse_drop(before: str, sandbox: Sandbox) -> None:
    """Refuse a level below the one that a run had before, unless somebody asks for it by name.

    Raises:
        SandboxUnavailable: the level has dropped.
    """
    levels = [str(level) for level in SandboxLevel]
    if before in levels and levels.index(before) < levels.index(sandbox.level):
        raise SandboxUnavailable(
            f"The run's commands were kept apart by {before} before, and now there is only {sandbox.level}. "
            f"{sandbox.degraded}".strip(),
            hint=f"Bring {before} back, or accept less: `swarm resume RUN --sandbox {sandbox.level}`.",
        )


async def watch(sandbox: Sandbox, report: Callable[[Stimulus], None], *, interval_s: float = PROBE_INTERVAL_S) -> None:
    """Try the sandbox again every few minutes until cancelled; ask, once, for a pause when it holds no longer."""
    while sandbox.level is not SandboxLevel.NONE:
        await asyncio.sleep(interval_s)
        if reason := await probe(sandbox):
            message = f"the sandbox that commands ran in ({sandbox.level}) holds no longer: {reason}"
            report(PauseAsked(PauseReason.PERSON, message, SandboxUnavailable.code))
            return


async def probe(sandbox: Sandbox) -> str:
    """Try whether a level works here and keeps what it must keep.

    Returns:
        The empty string when it does, else the reason, one sentence for a person.
    """
    if sandbox.level is SandboxLevel.LANDLOCK and not landlock_version():
        return "The kernel has no Landlock (5.13 or newer, and enabled)."
    try:
        return await let_loose(sandbox)
    except WorkspaceError as error:
        return error.message


async def probe_bwrap() -> str:
    """Try whether bubblewrap works here, as :func:`probe` does."""
    return (await _bubblewrap())[1]


async def _bubblewrap() -> tuple[Sandbox, str]:
    """Return bubblewrap with a user of its own where it can have that, and why it does not work."""
    sandbox = Sandbox(SandboxLevel.BWRAP)
    reason = await probe(sandbox)
    user = own_user() if reason else None
    if user is not None and not user.problem:
        # A user of its own may be refused what root may do: namespaces, above all.
        as_root = replace(sandbox, as_root=True)
        return as_root, await probe(as_root)
    return sandbox, reason


def _degraded(reason: str) -> str:
    return (
        f"SANDBOX DEGRADED (L1, Landlock version {landlock_version()}): commands can see the list of processes and the "
        f"names of files, and there is no hard limit on memory. {reason} Fix: install bubblewrap "
        "(`apt install bubblewrap`) or allow user namespaces. Refuse this with --sandbox strict."
    )


def _refuse(reason: str) -> None:
    if reason:
        raise SandboxUnavailable(f"No sandbox works on this machine: {reason}")
