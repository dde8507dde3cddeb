"""Writes the golden journal of the present format: run once when a format is released, never again for that format.

python tests/journal/golden/write_golden.py
"""

import asyncio
import json
from pathlib import Path

from swarm.core.events import FORMAT
from swarm.journal.reader import open_reader
from swarm.journal.sqlite import SqliteJournal
from tests.journal.journal_samples import SAMPLES

FOLDER = Path(__file__).parent


async def main() -> None:
    """Write the journal, and what must be read from it, one event a line."""
    path = FOLDER / f"format_{FORMAT}.db"
    journal = SqliteJournal.create(path, run_id="golden", clock=lambda: 1_780_000_000.25)
    await journal.append(*SAMPLES)
    await journal.close()
    with open_reader(path) as reader:
        lines = [json.dumps(entry) + "\n" for entry in reader.raw()]
    path.with_suffix(".jsonl").write_text("".join(lines))
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


asyncio.run(main())
