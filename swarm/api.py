"""The Python API: submit tasks, watch and steer runs, resume them.

One async API; :func:`run_sync` is a line over it.
"""

import asyncio
import contextlib
import os
import random
import secrets
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, Self

from pydantic import ValidationError

from swarm.assembly import on_this_machine
from swarm.budgeting import refuse_unpriced
from swarm.core.events import EndpointSettings, PauseReason, Recorded, RunCreated, RunOpened, RunSettings
from swarm.core.parking import DEFAULT_PARKING, Parking
from swarm.core.plan import Plan
from swarm.core.requests import Request
from swarm.core.settings import JUDGE, named_roles, roles_for_work
from swarm.core.task import Task, roles_of
from swarm.core.views import RunView
from swarm.creation import create_run, propose_plan
from swarm.errors import JournalError, UsageError
from swarm.event_loop import run_in_loop
from swarm.journal.reader import JournalReader
from swarm.journal.store import RunFolder, RunStore, swarm_home
from swarm.llm import ChatModel, Endpoint, EndpointPool
from swarm.llm.tariff import Tariff
from swarm.opening import Observer, OpenRun, open_run
from swarm.protocols import Tool
from swarm.redaction import know_environment, redact
from swarm.runtime import RunResult, drive
from swarm.workspace.caches import read_caches
from swarm.workspace.choosing import SandboxChoice as SandboxChoice
from swarm.workspace.choosing import choose_sandbox, refuse_drop, with_caches
from swarm.workspace.sandbox import Sandbox, SandboxLevel

POLL_S = 0.1
_PAGE_EVENTS = 500


def _page(journal: Path, after: int) -> list[Recorded]:
    with JournalReader(journal) as reader:
        return list(reader.events(after=after, limit=_PAGE_EVENTS))


def _newest_settings(journal: Path) -> RunSettings | None:
    """Return how a run was carried out last; None where its journal does not say, or cannot be read."""
    try:
        with JournalReader(journal) as reader:
            newest = reader.newest("run_opened") or reader.newest("run_created")
    except JournalError:
        return None
    return newest.event.settings if newest and isinstance(newest.event, RunOpened | RunCreated) else None


class Run:
    """A run that this process drives."""

    def __init__(self, folder: RunFolder) -> None:
        self.folder = folder
        self._open: asyncio.Future[OpenRun] = asyncio.get_running_loop().create_future()
        self._driver: asyncio.Task[RunResult] | None = None

    @property
    def id(self) -> str:
        """The run's id."""
        return self.folder.root.name

    async def view(self) -> RunView:
        """Return the state as people see it; it goes on changing while the run is driven."""
        return (await self._opened()).view

    async def events(self, *, after: int = 0) -> AsyncIterator[Recorded]:
        """Yield the run's durable events in order, from ``after`` on, until this process stops driving it."""
        await self._opened()
        driver = self._driver
        assert driver is not None
        while True:
            ended = driver.done()
            page = await asyncio.to_thread(_page, self.folder.journal, after)
            for recorded in page:
                yield recorded
                after = recorded.seq
            if not page:
                if ended:
                    return
                await asyncio.wait([driver], timeout=POLL_S)

    async def result(self) -> RunResult:
        """Wait until the run has ended or is paused, and return how.

        Raises:
            SwarmError: the run could not be opened or driven.
        """
        assert self._driver is not None
        return await asyncio.shield(self._driver)

    async def pause(self, message: str = "paused by the program") -> RunResult:
        """Bring the run to a durable stop and return; :meth:`Swarm.resume` goes on from there."""
        await self._opened()
        self.ask_to_pause(PauseReason.REQUESTED, message)
        return await self.result()

    def ask_to_pause(self, reason: PauseReason, message: str) -> bool:
        """Ask for a durable stop without waiting for it. False when the run is not open (any more)."""
        if not self._open.done() or self._driver is None or self._driver.done():
            return False
        self._open.result().pause(reason, message)
        return True

    async def cancel(self, subtask_id: str = "") -> None:
        """Cancel one subtask with all that depends on it, or the whole run. What is cancelled stays cancelled.

        Raises:
            UsageError: there is no such subtask.
        """
        opened = await self._opened()
        self._refuse_unknown(opened, subtask_id)
        opened.cancel(subtask_id)

    async def tell(self, text: str, subtask_id: str = "") -> None:
        """Say something to one subtask's agent, or to all, those to come included. They hear it before their next step.

        Raises:
            UsageError: there is no such subtask, or the text is empty or longer than 4,000 characters.
        """
        opened = await self._opened()
        self._refuse_unknown(opened, subtask_id)
        try:
            request = Request(kind="tell", subtask_id=subtask_id, text=text)
        except ValidationError as error:
            raise UsageError(f"this cannot be told: {error.errors()[0]['msg']}") from None
        opened.tell(redact(request.text), secrets.token_hex(8), subtask_id)

    @staticmethod
    def _refuse_unknown(opened: OpenRun, subtask_id: str) -> None:
        if subtask_id and subtask_id not in opened.view.subtasks:
            raise UsageError(f"run {opened.view.run_id} has no subtask {subtask_id!r}")

    def stop_now(self) -> None:
        """Stop driving the run without waiting for anything; it stays resumable, as after a kill."""
        if self._driver:
            self._driver.cancel()

    async def settle(self) -> None:
        """Wait until the run is open, or cannot be opened. Raises nothing of the run."""
        assert self._driver is not None
        waited: list[asyncio.Future[Any]] = [self._open, self._driver]
        await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)

    async def _opened(self) -> OpenRun:
        assert self._driver is not None
        await self.settle()
        if not self._open.done():
            self._driver.result()  # raises what kept the run from opening
        return self._open.result()


class Swarm:
    """Runs tasks against endpoints. Use it as an async context manager; leaving it pauses what still runs.

    Args:
        endpoint: the OpenAI-compatible endpoint; or several, of which each call goes to one that serves its role.
        home: where runs live; by default ``$SWARM_HOME`` or the user's state folder.
        sandbox: ``auto`` (the best there is; refuses to work where there is none), ``strict`` or ``bwrap`` (nothing
            less than bubblewrap), ``landlock``, ``container`` (you vouch for the one that this runs in), or ``none``:
            your explicit consent to run what a model wrote with your own rights.
        tools: tools beyond the built-in ones; see :func:`swarm.tool`.
        simulated: label results as coming from the simulated endpoint.
        parking: how a run waits for an endpoint that answered it before and is gone; ``None`` pauses it instead.
        caches: folders of package caches that commands may read, by program: ``{"pip": "~/.cache/pip"}``; also of
            ``cargo``, ``go``, ``npm`` and ``uv``.

    Raises:
        ConfigError: there is no such cache.
    """

    def __init__(
        self,
        endpoint: Endpoint | Sequence[Endpoint],
        *,
        home: Path | None = None,
        sandbox: SandboxChoice = "auto",
        tools: Sequence[Tool] = (),
        simulated: bool = False,
        parking: Parking | None = DEFAULT_PARKING,
        caches: Mapping[str, str] | None = None,
    ) -> None:
        self._caches, self._without_caches = read_caches(caches or {}), ""
        self._endpoints = (endpoint,) if isinstance(endpoint, Endpoint) else tuple(endpoint)
        self._store = RunStore(home or swarm_home(os.environ))
        self._wanted_sandbox = sandbox
        self._tools = tuple(tools)
        self._simulated = simulated
        self._parking = parking
        self._runs: list[Run] = []
        self._stack = contextlib.AsyncExitStack()
        self._sandbox: Sandbox | None = None
        self._model: ChatModel | EndpointPool | None = None
        self._tariff = Tariff(self._endpoints)

    async def __aenter__(self) -> Self:
        know_environment(os.environ)
        chosen = await choose_sandbox(self._wanted_sandbox)
        self._sandbox, self._without_caches = await with_caches(chosen, self._caches)
        self._model = (
            ChatModel(self._endpoints[0], random=random.random)
            if len(self._endpoints) == 1
            else EndpointPool(self._endpoints, random=random.random)
        )
        self._stack.push_async_callback(self._model.close)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            await self._pause_all()
        finally:
            await self._stack.aclose()

    async def _pause_all(self) -> None:
        drivers = [run._driver for run in self._runs if run._driver]
        for run in self._runs:
            await run.settle()
            run.ask_to_pause(PauseReason.REQUESTED, "the program that drove it ended")
        await asyncio.gather(*drivers, return_exceptions=True)

    @property
    def settings(self) -> RunSettings:
        """What runs record of how they are carried out."""
        assert self._sandbox is not None, "use `async with Swarm(...)`"
        assert self._model is not None
        named = {role for each in self._endpoints for role in (*each.models, *each.roles)}
        models = {role: self._model.name_for(role) for role in ("planner", "worker", *sorted(named))}
        several = self._endpoints if len(self._endpoints) > 1 else ()
        recorded = tuple(
            EndpointSettings(each.name, each.base_url, {**({"": each.model} if each.model else {}), **each.models})
            for each in several
        )
        first = self._endpoints[0]
        prices = {} if several else {name: str(first.prices[name]) for name in sorted(first.prices)}
        level = str(self._sandbox.level)
        return RunSettings(
            first.base_url, models, level, self._simulated, recorded, prices, degraded=self._sandbox.degraded
        )

    @property
    def sandbox_description(self) -> str:
        """What commands can and cannot do, in a sentence."""
        assert self._sandbox is not None, "use `async with Swarm(...)`"
        return self._sandbox.describe()

    @property
    def sandbox_warnings(self) -> tuple[str, ...]:
        """What a person should know of the sandbox before a run starts; empty for the best one."""
        assert self._sandbox is not None, "use `async with Swarm(...)`"
        described = "" if self._sandbox.level is SandboxLevel.BWRAP else self._sandbox.describe()
        return tuple(words for words in (self._sandbox.degraded or described, self._without_caches) if words)

    async def propose(self, task: Task) -> Plan:
        """Ask the planner for a plan and return it; nothing is recorded and nothing is carried out.

        Raises:
            PlanError: the planner found no usable plan.
            EndpointError: the endpoint gave no reply.
        """
        assert self._model is not None, "use `async with Swarm(...)`"
        return await propose_plan(task, self._model, self.settings)

    async def submit(
        self,
        task: Task,
        *,
        plan: Plan | None = None,
        run_id: str = "",
        hidden: Mapping[str, bytes] = MappingProxyType({}),
        observer: Observer | None = None,
    ) -> Run:
        """Create a run and start to drive it.

        Args:
            task: what to do.
            plan: a given plan; without one a planner makes it.
            run_id: the id to use; a new one when empty.
            hidden: files that ``task.hidden_checks`` need and no agent may see, by their paths in a checkout.
            observer: called with every event and the view that it changed, on the event loop; must be quick.

        Raises:
            UsageError: the task, its repository or the plan cannot be used.
            ConfigError: the cost is limited, and a model has no price.
        """
        folder = await self.create(task, plan=plan, run_id=run_id, hidden=hidden)
        return self._drive(folder, observer, lambda before: before)

    async def create(
        self,
        task: Task,
        *,
        plan: Plan | None = None,
        run_id: str = "",
        hidden: Mapping[str, bytes] = MappingProxyType({}),
    ) -> RunFolder:
        """Record a run for another process to drive; nothing is asked of a model. Raises what :meth:`submit` raises."""
        may_ask = {"planner", JUDGE, *roles_for_work(named_roles(self.settings), task.limits.roles)}
        roles = roles_of(task, plan.subtasks) if plan else may_ask | roles_of(task, ())
        refuse_unpriced(task.limits, self._tariff, roles)
        return await create_run(self._store, task, settings=self.settings, plan=plan, run_id=run_id, hidden=hidden)

    async def resume(
        self,
        run_id: str,
        *,
        change_task: Callable[[Task], Task] = lambda task: task,
        observer: Observer | None = None,
    ) -> Run:
        """Take over a run that was paused or whose process died, exactly where it was.

        Args:
            run_id: the run's id, or a prefix that fits no other.
            change_task: returns the task with other limits; what changes is recorded.
            observer: as for :meth:`submit`.

        Raises:
            RunNotFound: there is no such run.
        """
        return self._drive(self._store.find(run_id), observer, change_task)

    def _drive(self, folder: RunFolder, observer: Observer | None, change_task: Callable[[Task], Task]) -> Run:
        if any(run.folder == folder and run._driver and not run._driver.done() for run in self._runs):
            raise UsageError(f"this program drives run {folder.root.name} already")
        run = Run(folder)
        run._driver = asyncio.create_task(self._carry_out(run, observer, change_task), name=f"run {run.id}")
        self._runs.append(run)
        return run

    async def _carry_out(self, run: Run, observer: Observer | None, change_task: Callable[[Task], Task]) -> RunResult:
        assert self._sandbox is not None
        assert self._model is not None
        before = await asyncio.to_thread(_newest_settings, run.folder.journal)
        if before and self._wanted_sandbox == "auto":
            refuse_drop(before.sandbox, self._sandbox)
        async with open_run(
            run.folder,
            model=self._model,
            settings=self.settings,
            assemble=on_this_machine(self._sandbox),
            tools=self._tools,
            observer=observer,
            change_task=change_task,
            parking=self._parking,
            tariff=self._tariff,
        ) as opened:
            run._open.set_result(opened)
            return await drive(opened, changes=self._model.watch.changes())


def run_sync(
    endpoint: Endpoint | Sequence[Endpoint],
    task: Task,
    *,
    plan: Plan | None = None,
    sandbox: SandboxChoice = "auto",
) -> RunResult:
    """Run one task to its end in a program that has no event loop. Raises SwarmError."""

    async def run() -> RunResult:
        async with Swarm(endpoint, sandbox=sandbox) as swarm:
            return await (await swarm.submit(task, plan=plan)).result()

    return run_in_loop(run())
