"""What the commands that drive a run share: signals, the display, limits and the exit code."""

import asyncio
import contextlib
import gc
import json
import logging
import os
import re
import resource
import signal
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from functools import partial
from logging.handlers import RotatingFileHandler
from typing import Never, cast, get_args

from pydantic import ValidationError

from swarm.api import Run, SandboxChoice, Swarm
from swarm.cli.approving import ask_person, waits_for_approval
from swarm.cli.speech import note, warn
from swarm.core.events import PauseReason, Recorded, RunEnded, RunOutcome, RunPaused
from swarm.core.limits import Limits
from swarm.core.parking import DEFAULT_PARKING, Parking
from swarm.core.views import RunView
from swarm.display import make_display
from swarm.errors import (
    AccessDenied,
    EndpointError,
    LimitReached,
    ModelNotFound,
    PersonNeeded,
    SandboxUnavailable,
    SwarmError,
    UsageError,
)
from swarm.event_loop import run_in_loop
from swarm.journal.reader import JournalReader
from swarm.journal.store import RunFolder, swarm_home
from swarm.llm import Endpoint, describe_server
from swarm.llm.preparation import Prepared, prepare
from swarm.llm.tariff import Tariff
from swarm.opening import Observer
from swarm.redaction import redact
from swarm.report import markdown
from swarm.runtime import RunResult
from swarm.workspace.choosing import choose_sandbox

POLL_S = 0.2

MOST_FILES = 65_536
"""No process here needs to have more files and connections open at a time."""

LOG_BYTES = 4 * 1024 * 1024
"""How large a run's log becomes before it is begun anew; the one before is kept."""

_BY_CODE: dict[str, type[SwarmError]] = {kind.code: kind for kind in (AccessDenied, ModelNotFound, SandboxUnavailable)}
_BY_REASON: dict[PauseReason, type[SwarmError]] = {
    PauseReason.LIMIT: LimitReached,
    PauseReason.ENDPOINT: EndpointError,
    PauseReason.PERSON: PersonNeeded,
    PauseReason.REQUESTED: PersonNeeded,
    PauseReason.STORAGE: LimitReached,
    PauseReason.BROKEN: PersonNeeded,
}

Start = Callable[[Swarm, Observer], Awaitable[Run]]


class Signals:
    """The first SIGINT or SIGTERM brings the run to a durable stop, the second stops at once; SIGHUP is ignored."""

    def __init__(self) -> None:
        self.received: signal.Signals | None = None
        self._run: Run | None = None
        self._main = asyncio.current_task()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._on_signal, number)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    def watch(self, run: Run) -> None:
        """Pause this run when a signal comes."""
        self._run = run

    def _on_signal(self, number: signal.Signals) -> None:
        first, self.received = self.received is None, number
        if first and self._run and self._run.ask_to_pause(PauseReason.SIGNAL, f"stopped by {number.name}"):
            note("stopping at the next durable point, in at most 10 seconds; a second signal stops at once")
            return
        if self._run and not first:
            self._run.stop_now()
        if self._main:
            self._main.cancel()


def drive_to_end(
    endpoints: Sequence[Endpoint],
    start: Start,
    *,
    sandbox: SandboxChoice,
    parking: Parking | None,
    display: str,
    as_json: bool,
    caches: Mapping[str, str],
    after: int = 0,
) -> Never:
    """Drive a run until it has ended or is paused, then leave the process with the exit code that says how.

    Args:
        endpoints: who answers.
        start: submits or resumes the run.
        sandbox: where commands run.
        parking: how the run waits for an endpoint that is gone.
        display: which display, on stderr.
        as_json: print the journal's events on stdout, one a line.
        caches: package caches that commands may read.
        after: print only events with a higher sequence number.

    Raises:
        SwarmError: the run could not be started or driven.
        SystemExit: how it ended, always.
    """
    lines_after = after if as_json else None
    swarm = partial(Swarm, sandbox=sandbox, parking=parking, caches=caches)
    raise SystemExit(run_in_loop(_drive(endpoints, start, swarm, display, lines_after)))


def record_run(
    endpoints: Sequence[Endpoint], create: Callable[[Swarm], Awaitable[RunFolder]], *, sandbox: SandboxChoice
) -> RunFolder:
    """Record a run that another process is to drive. Raises SwarmError."""

    async def record() -> RunFolder:
        described = [await describe_server(each) for each in endpoints]
        simulated = any(server.simulated for server in described)
        async with Swarm(endpoints, sandbox=sandbox, simulated=simulated) as swarm:
            return await create(swarm)

    return asyncio.run(record())


def parking(wanted: bool, probe_every: str | None) -> Parking | None:
    """Read ``--park`` and ``--probe-every``. Raises UsageError."""
    longest_s = seconds(probe_every)
    if not wanted:
        return None
    if longest_s is None:
        return DEFAULT_PARKING
    return Parking(first_probe_s=min(DEFAULT_PARKING.first_probe_s, longest_s), longest_wait_s=longest_s)


def _tune_the_interpreter() -> None:
    """Settings that concern the whole process, which here is ours."""
    gc.freeze()  # what was imported stays, and need not be looked through for garbage
    # The journal's thread waits this long for the interpreter while the event loop is busy.
    sys.setswitchinterval(0.001)
    allow_many_files()


def allow_many_files() -> None:
    """Raise this process's own limit of open files as far as it may: each call holds a connection and a spool file."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


async def _drive(
    endpoints: Sequence[Endpoint],
    start: Start,
    new_swarm: Callable[..., Swarm],
    display: str,
    lines_after: int | None,
) -> int:
    _tune_the_interpreter()
    signals = Signals()
    try:
        prepared = await _prepared(endpoints)
        simulated = any(each.server.simulated for each in prepared)
        async with new_swarm([each.endpoint for each in prepared], simulated=simulated) as swarm:
            for words in swarm.sandbox_warnings:
                warn(words)
            price = Tariff([each.endpoint for each in prepared]).dearest
            while True:
                run, result = await _drive_once(swarm, start, signals, display, lines_after)
                waits = waits_for_approval(result) and _somebody_is_there()
                if not waits or not await asyncio.to_thread(ask_person, run.folder, price):
                    break
                start = partial(_go_on, run.folder.root.name)
                lines_after = None if lines_after is None else result.view.last_seq
    except asyncio.CancelledError:
        if signals.received is None:
            raise
        return 128 + signals.received
    _say_how_it_ended(result, display)
    try:
        run.folder.report.write_text(markdown(result.view), encoding="utf-8")
        note(f"report: {run.folder.report}")
    except OSError as error:
        warn(f"the report could not be written: {error.strerror}")
    return exit_code(result, signals.received)


async def _go_on(run_id: str, swarm: Swarm, observer: Observer) -> Run:
    return await swarm.resume(run_id, observer=observer)


async def _drive_once(
    swarm: Swarm, start: Start, signals: Signals, display: str, lines_after: int | None
) -> tuple[Run, RunResult]:
    with contextlib.ExitStack() as stack:
        async with _watched(display) as observer:
            run = await start(swarm, observer)
            stack.enter_context(_log_file(run))
            signals.watch(run)
            note(f"run {run.id}")
            async with _event_lines(run, lines_after):
                return run, await run.result()


async def _prepared(endpoints: Sequence[Endpoint]) -> list[Prepared]:
    today = time.strftime("%Y-%m-%d")
    prepared = await asyncio.gather(*(prepare(each, swarm_home(os.environ) / "probes", today) for each in endpoints))
    for each in prepared:
        if each.said:
            note(each.said)
    return prepared


def _say_how_it_ended(result: RunResult, display: str) -> None:
    if result.unpublished:
        warn(f"the branch {result.branch} in your repository is not up to date: {result.unpublished}")
    if display == "none" and not result.done:
        note(f"run {result.run_id} {result.view.status}: {result.view.reason}")
        if result.paused:
            note(f"go on: swarm resume {result.run_id}")


class _Redacting(logging.Formatter):
    """Takes secrets out of whatever is logged, tracebacks included."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line without secrets."""
        return redact(super().format(record))


@contextlib.contextmanager
def _log_file(run: Run) -> Iterator[None]:
    """Write what the process logs to the run's folder; the journal is the truth, this is for bugs."""
    handler = RotatingFileHandler(run.folder.log, maxBytes=LOG_BYTES, backupCount=1, encoding="utf-8", delay=True)
    handler.setFormatter(_Redacting("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logger = logging.getLogger("swarm")
    logger.addHandler(handler)
    logger.propagate = False
    try:
        yield
    finally:
        logger.removeHandler(handler)
        handler.close()


def consented(wanted: SandboxChoice) -> SandboxChoice:
    """Return the sandbox that was asked for, or none where a person at the terminal agrees to that."""
    if wanted != "none" and _somebody_is_there():  # otherwise it is tried when the run is opened
        try:
            asyncio.run(choose_sandbox(wanted))
        except SandboxUnavailable as error:
            if not consent_to_no_sandbox(error):
                raise
            return "none"
    return wanted


@contextlib.asynccontextmanager
async def _watched(kind: str) -> AsyncIterator[Observer]:
    """Show a run while it goes on: after events, and each second for clocks."""
    shown = make_display(kind, sys.stderr)
    latest: list[RunView] = []

    def show(view: RunView) -> None:
        nonlocal shown
        try:
            shown.update(view)
        except OSError:
            shown = make_display("none", sys.stderr)  # the terminal is gone; the run goes on without it

    def observe(_: Recorded, view: RunView) -> None:
        latest[:] = [view]
        show(view)

    async def tick() -> None:
        while True:
            await asyncio.sleep(1)
            for view in latest:
                show(view)

    async with asyncio.TaskGroup() as group:
        ticker = group.create_task(tick())
        try:
            yield observe
        finally:
            ticker.cancel()
            for view in latest:
                with contextlib.suppress(OSError):
                    shown.finish(view)


@contextlib.asynccontextmanager
async def _event_lines(run: Run, after: int | None) -> AsyncIterator[None]:
    """Print durable events as JSON lines until the run stands still; none when ``after`` is None."""
    if after is None:
        yield
        return
    printed = after
    stopping = asyncio.Event()

    def catch_up() -> bool:
        """Print what is new; False when nobody reads it any more."""
        nonlocal printed
        try:
            with JournalReader(run.folder.journal) as reader:
                for event in reader.raw(after=printed):
                    sys.stdout.write(json.dumps(event) + "\n")
                    printed = event["seq"]
            sys.stdout.flush()
        except OSError:
            # The run goes on without its reader; what is still buffered must not complain at the end.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return False
        return True

    async def follow() -> None:
        read = True
        while read and not stopping.is_set():
            read = await asyncio.to_thread(catch_up)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(POLL_S):
                    await stopping.wait()
        if read:
            await asyncio.to_thread(catch_up)

    async with asyncio.TaskGroup() as group:
        follower = group.create_task(follow())
        try:
            yield
        finally:
            stopping.set()
            await follower


def exit_code(result: RunResult, stopped_by: signal.Signals | None) -> int:
    """Return the exit code for how driving a run ended: see the table in the documentation of the command line."""
    if result.paused and result.paused.reason is PauseReason.SIGNAL and stopped_by:
        return 128 + stopped_by
    stood = result.ended or result.paused
    assert stood is not None
    return exit_code_of(stood)


def exit_code_of(stood: RunEnded | RunPaused) -> int:
    """Return the exit code for the fact that a run ended or paused with."""
    if isinstance(stood, RunEnded):
        return 0 if stood.outcome is RunOutcome.DONE else 1
    if stood.reason is PauseReason.SIGNAL:
        return 128 + (signal.SIGINT if signal.SIGINT.name in stood.message else signal.SIGTERM)
    kind = _BY_CODE.get(stood.code) or _BY_REASON.get(stood.reason, SwarmError)
    return kind.exit_code


def seconds(text: str | None) -> float | None:
    """Read a time like ``90``, ``30m``, ``12h`` or ``5d`` as seconds. Raises UsageError."""
    if text is None:
        return None
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([smhd]?)", text.strip())
    if not found:
        raise UsageError(f"{text!r} is not a time", hint="Write 90, 30m, 12h or 5d.")
    return float(found[1]) * {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}[found[2]]


def with_limits(limits: Limits, **changed: float | None) -> Limits:
    """Return limits with those changed that are not None. Raises UsageError for impossible ones."""
    given = {name: value for name, value in changed.items() if value is not None}
    try:
        return Limits.model_validate({**limits.model_dump(), **given})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise UsageError(f"limit {first['loc'][0]}: {first['msg']}") from None


def sandbox_choice(text: str) -> SandboxChoice:
    """Read the value of ``--sandbox``. Raises UsageError."""
    for choice in get_args(SandboxChoice):
        if text == choice:
            return cast("SandboxChoice", choice)
    choices = ", ".join(get_args(SandboxChoice))
    raise UsageError(f"there is no sandbox {text!r}", hint=f"Choose one of: {choices}.")


def consent_to_no_sandbox(error: SandboxUnavailable) -> bool:
    """Ask the person at the terminal whether to go on without a sandbox; nobody there means no."""
    if not _somebody_is_there():
        return False
    warn(error.message)
    sys.stderr.write("Run what the model writes with your own rights, without a sandbox? [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _somebody_is_there() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()
