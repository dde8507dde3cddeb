"""What ``bench-step`` compares does the same job: as many steps, all durable."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks.bench_llm import serving
from benchmarks.step_contenders import by_hand, swarms
from swarm.core.events import ModelReplied, ToolReturned
from swarm.journal.reader import JournalReader


async def test_the_floor_makes_all_steps_and_keeps_them(tmp_path: Path) -> None:
    pytest.importorskip("aiohttp", reason="`make bench-step` installs what the floor is made of")
    with serving() as port:
        assert await by_hand(f"http://127.0.0.1:{port}/steps-0-4/v1", tmp_path, 6, 3) == 24
    with closing(sqlite3.connect(tmp_path / "floor.db")) as rows:
        assert rows.execute("SELECT count(*) FROM events WHERE step > 0").fetchone() == (48,)


async def test_swarm_makes_all_steps_and_keeps_them(tmp_path: Path) -> None:
    with serving() as port:
        assert await swarms(f"http://127.0.0.1:{port}/steps-0-4/v1", tmp_path, 6, 3) == 24
    with closing(JournalReader(tmp_path / "run" / "journal.db")) as reader:
        events = [recorded.event for recorded in reader.events()]
    assert sum(isinstance(event, ModelReplied) for event in events) == 24
    assert sum(isinstance(event, ToolReturned) for event in events) == 18
