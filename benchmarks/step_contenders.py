"""Ways to carry out hundreds of agents at the same time, each step durable: ours, by hand, and LangGraph's.

A step is a call of a model over a socket and a call of a tool that does nothing. All make the same conversations, with
the same prompts and the same tools; what happened is on disk (SQLite, ``synchronous=FULL``) before the next step.
"""

import asyncio
import json
import queue
import random
import sqlite3
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

from swarm.assembly import Parts
from swarm.core.events import FORMAT, AttemptStarted, PlanExtended, RunCreated, RunOutcome, RunSettings
from swarm.core.limits import Limits
from swarm.core.plan import Subtask
from swarm.core.prompts import opening_for_work
from swarm.core.repository_map import RepositoryMap
from swarm.core.state import RunState
from swarm.core.task import Task
from swarm.journal.sqlite import SqliteJournal
from swarm.journal.store import RunFolder
from swarm.llm import ChatModel, Endpoint
from swarm.opening import open_run
from swarm.protocols import CommandResult, Files, Merge, Workspace
from swarm.runtime import collect_rarely, drive
from swarm.tools.builtin import builtin_tools
from swarm.tools.definition import tool
from swarm.tools.toolbox import Toolbox
from swarm.verifier import CheckVerifier

INSTRUCTION = "Make the tests of this part pass, and mind the style of the code around it. " * 12
SETTINGS = RunSettings("http://127.0.0.1:1/v1", {"worker": "canned"}, "none")


@tool(read_only=True)
async def look(number: int) -> str:
    """Look at something.

    Args:
        number: At what.
    """
    return f"Nothing to be seen at {number}."


def task_of(subtasks: int, in_flight: int) -> Task:
    """Return the task that all carry out."""
    limits = Limits(workers=in_flight, max_subtasks=subtasks)
    return Task(instruction="Port the library. " * 40, limits=limits)


def plan_of(subtasks: int) -> tuple[Subtask, ...]:
    """Return subtasks that nothing depends on."""
    return tuple(Subtask(id=f"part-{number}", instruction=INSTRUCTION) for number in range(subtasks))


# -- by hand -----------------------------------------------------------------------------------------------------------


class GroupCommit:
    """Rows on disk: one thread commits whatever waits, then tells those who wait."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._loop = asyncio.get_running_loop()
        self._queue: queue.SimpleQueue[tuple[tuple[str, int, str], asyncio.Future[None]] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    async def append(self, agent: str, step: int, body: str) -> None:
        """Return when the row is on disk."""
        durable = self._loop.create_future()
        self._queue.put(((agent, step, body), durable))
        await durable

    def _run(self) -> None:
        with closing(sqlite3.connect(self._path, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("CREATE TABLE events (seq INTEGER PRIMARY KEY, agent TEXT, step INTEGER, body TEXT)")
            while (first := self._queue.get()) is not None:
                group = [first]
                while not self._queue.empty() and (more := self._queue.get()) is not None:
                    group.append(more)
                connection.execute("BEGIN")
                connection.executemany(
                    "INSERT INTO events (agent, step, body) VALUES (?, ?, ?)", [row for row, _ in group]
                )
                connection.execute("COMMIT")
                self._loop.call_soon_threadsafe(self._settle, [durable for _, durable in group])

    @staticmethod
    def _settle(group: list["asyncio.Future[None]"]) -> None:
        for durable in group:
            durable.set_result(None)

    def close(self) -> None:
        """Stop; everything is on disk."""
        self._queue.put(None)
        self._thread.join()


Ask = Callable[[list[dict[str, Any]]], Awaitable[dict[str, Any]]]


@asynccontextmanager
async def asking(base_url: str) -> AsyncIterator[Ask]:
    """Give what asks the model, with aiohttp as its documentation shows it."""
    import aiohttp

    tools = wire_tools()

    async def ask(messages: list[dict[str, Any]]) -> dict[str, Any]:
        payload = {"model": "canned", "messages": messages, "tools": tools, "stream": True}
        body = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
        headers = {"content-type": "application/json"}
        async with session.post(f"{base_url}/chat/completions", data=body, headers=headers) as response:
            response.raise_for_status()
            message: dict[str, Any] = json.loads(await response.read())["choices"][0]["message"]
            return message

    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=None)) as session:
        yield ask


def wire_tools() -> list[dict[str, Any]]:
    """Return what the model is told of the tools, as it is sent."""
    return [
        {
            "type": "function",
            "function": {"name": spec.name, "description": spec.description, "parameters": spec.parameters},
        }
        for spec in Toolbox((*builtin_tools(), look)).specs
    ]


def opening_of(task: Task, subtask: Subtask) -> list[dict[str, Any]]:
    """Return how a conversation begins, as it is sent."""
    started = AttemptStarted(f"{subtask.id}@1", subtask.id, 1, "base")
    return [
        {"role": message.role.value, "content": message.content}
        for message in opening_for_work(task, subtask, started, ())
    ]


async def carry_out_calls(message: dict[str, Any]) -> list[dict[str, Any]] | None:
    """Return the tools' answers to a reply; None when it hands in."""
    answers = []
    for call in message["tool_calls"]:
        arguments = json.loads(call["function"]["arguments"])
        if call["function"]["name"] == "finish":
            return None
        answers.append({"role": "tool", "tool_call_id": call["id"], "content": await look.function(**arguments)})
    return answers


async def by_hand(base_url: str, folder: Path, subtasks: int, in_flight: int) -> int:
    """Carry the subtasks out with a loop of twenty lines: the least that does the same job."""
    task = task_of(subtasks, in_flight)
    waiting = iter(plan_of(subtasks))
    journal = GroupCommit(folder / "floor.db")
    steps = 0
    collect_rarely()

    async def agent() -> None:
        nonlocal steps
        for subtask in waiting:
            messages, answers, step = opening_of(task, subtask), list[dict[str, Any]](), 0
            await journal.append(subtask.id, 0, json.dumps(messages))
            while answers is not None:
                step += 1
                message = await ask(messages)
                await journal.append(subtask.id, step, json.dumps(message))
                messages.append(message)
                found = await carry_out_calls(message)
                await journal.append(subtask.id, step, json.dumps(found))
                messages.extend(found or ())
                steps += 1
                if found is None:
                    break

    async with asking(base_url) as ask, asyncio.TaskGroup() as group:
        for _ in range(in_flight):
            group.create_task(agent())
    journal.close()
    return steps


# -- swarm -------------------------------------------------------------------------------------------------------------


class NoFiles:
    """A workspace without files, for tools that do nothing: git would be most of a step. Also all workspaces."""

    confined = True
    problem = ""

    @property
    def files(self) -> Files:
        raise AssertionError("nobody looks at files")

    async def run(self, command: str, *, timeout_s: float) -> CommandResult:
        raise AssertionError("nobody runs anything")

    async def snapshot(self) -> str:
        return "tree"

    async def open(self, attempt_id: str, *, base_commit: str, tree: str = "") -> Workspace:
        return self

    async def close(self, attempt_id: str) -> None:
        pass

    async def checkout(self, commit: str, *, name: str) -> Workspace:
        return self

    async def leftovers(self, *, keep: Iterable[str]) -> list[str]:
        return []

    async def keep_swept(self, names: Iterable[str]) -> None:
        pass

    async def close_all(self) -> None:
        pass

    async def commit(self, attempt_id: str, *, tree: str, parent: str, message: str) -> str:
        return "commit"

    async def changed_paths(self, base: str, tree: str) -> tuple[str, ...]:
        return ()

    async def merge(self, commit: str, *, head: str, message: str) -> Merge:
        raise AssertionError("nothing is merged")

    async def take_out(self, merge: str, *, head: str, message: str) -> Merge:
        raise AssertionError("nothing is merged")


class NoPublication:
    """Publishes nothing."""

    problem = ""

    def changed(self) -> None:
        pass

    async def run(self) -> None:
        pass

    async def publish(self) -> None:
        pass


async def _assemble(_: RunFolder, __: RunState, task: Task) -> Parts:
    place = NoFiles()
    verifier = CheckVerifier(place, place, protected=(), check_timeout_s=task.limits.check_timeout_s)
    return Parts(place, place, place, place, verifier, NoPublication(), _survey)


async def _survey(_: str) -> RepositoryMap:
    return RepositoryMap("")


async def swarms(base_url: str, folder: Path, subtasks: int, in_flight: int) -> int:
    """Carry the subtasks out as runs do: scheduler, journal, agents, client and spool are the real ones."""
    task = task_of(subtasks, in_flight)
    run_folder = RunFolder(folder / "run")
    run_folder.root.mkdir()
    journal = SqliteJournal.create(run_folder.journal, run_id="run")
    created = RunCreated(FORMAT, "run", "0", task, SETTINGS, "base", "swarm/run")
    await journal.append(created, PlanExtended(1, plan_of(subtasks)))
    await journal.close()
    endpoint = Endpoint(base_url, model="canned", max_in_flight=in_flight)
    model = ChatModel(endpoint, random=random.random)
    try:
        opening = open_run(run_folder, model=model, settings=SETTINGS, assemble=_assemble, tools=(look,))
        async with opening as run:
            result = await drive(run)
    finally:
        await model.close()
    assert result.ended is not None
    assert result.ended.outcome is RunOutcome.UNVERIFIED, result.ended
    return result.view.spent.calls


# -- LangGraph ---------------------------------------------------------------------------------------------------------


async def langgraphs(base_url: str, folder: Path, subtasks: int, in_flight: int) -> int:
    """Carry the subtasks out with a graph of two nodes and LangGraph's SQLite saver, made as durable as the others."""
    import operator
    from typing import Annotated, TypedDict

    from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
    from langgraph.graph import END, START, StateGraph

    class Talk(TypedDict):
        messages: Annotated[list[dict[str, Any]], operator.add]

    steps = 0

    async def call_model(state: Any) -> Any:
        nonlocal steps
        steps += 1
        return {"messages": [await ask(state["messages"])]}

    async def call_tools(state: Any) -> Any:
        return {"messages": await carry_out_calls(state["messages"][-1]) or []}

    def goes_on(state: Any) -> str:
        return END if state["messages"][-1]["tool_calls"][0]["function"]["name"] == "finish" else "tools"

    graph: Any = StateGraph(Talk)
    graph.add_node("model", call_model)
    graph.add_node("tools", call_tools)
    graph.add_edge(START, "model")
    graph.add_conditional_edges("model", goes_on, ["tools", END])
    graph.add_edge("tools", "model")
    task = task_of(subtasks, in_flight)
    waiting = iter(plan_of(subtasks))

    async def agent() -> None:
        for subtask in waiting:
            place = {"configurable": {"thread_id": subtask.id}}
            await app.ainvoke({"messages": opening_of(task, subtask)}, place, durability="sync")

    async with AsyncSqliteSaver.from_conn_string(str(folder / "langgraph.db")) as saver, asking(base_url) as ask:
        await saver.conn.execute("PRAGMA synchronous = FULL")
        await saver.setup()
        app = graph.compile(checkpointer=saver)
        async with asyncio.TaskGroup() as group:
            for _ in range(in_flight):
                group.create_task(agent())
    return steps


CONTENDERS: dict[str, Callable[[str, Path, int, int], Coroutine[Any, Any, int]]] = {
    "floor": by_hand,
    "swarm": swarms,
    "langgraph": langgraphs,
}
