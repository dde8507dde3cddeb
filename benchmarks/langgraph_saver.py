"""LangGraph's SQLite saver, as a way to make 4 KB durable.

What is called is ``aput_writes``, the cheapest durable write that the saver has: one row, no checkpoint.
"""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

_LEVELS = ("OFF", "NORMAL", "FULL", "EXTRA")

Write = Callable[[int, int, str], Awaitable[None]]
"""Makes a text of an agent's step durable."""


async def default_synchronous(path: Path) -> str:
    """Return the durability that the saver has as it comes."""
    async with AsyncSqliteSaver.from_conn_string(str(path)) as saver:
        await saver.setup()
        async with saver.conn.execute("PRAGMA synchronous") as cursor:
            rows = list(await cursor.fetchall())
        return _LEVELS[rows[0][0]]


@contextlib.asynccontextmanager
async def saver(path: Path) -> AsyncIterator[Write]:
    """Open a saver that is as durable as the journal."""
    async with AsyncSqliteSaver.from_conn_string(str(path)) as opened:
        await opened.conn.execute("PRAGMA synchronous = FULL")
        await opened.setup()

        async def write(agent: int, step: int, text: str) -> None:
            place: Any = {"configurable": {"thread_id": str(agent), "checkpoint_ns": "", "checkpoint_id": "1"}}
            await opened.aput_writes(place, [("messages", text)], task_id=str(step))

        yield write
