"""Hands in one attempt's files: ``python commit_once.py FOLDER TREE``; for tests that kill it on the way."""

import asyncio
import sys
from pathlib import Path

from tests.workspace.sources import Source, new_intake


async def main(folder: Path, tree: str) -> None:
    source = Source.__new__(Source)
    source.folder = folder / "user"
    intake = await new_intake(folder, source)
    await intake.commit("one", tree=tree, parent=await intake.run.head(), message="m\n")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
