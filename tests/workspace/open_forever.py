"""Opens, snapshots and closes workspaces until it is killed: ``python open_forever.py FOLDER``."""

import asyncio
import sys
from pathlib import Path

from tests.workspace.sources import Scene, Source, new_intake, write_files


async def main(folder: Path) -> None:
    source = Source.__new__(Source)
    source.folder = folder / "user"
    intake = await new_intake(folder, source)
    base = source.git("rev-parse", "HEAD")
    scene = Scene(folder, source, intake, base)

    async def worker(name: str) -> None:
        for turn in range(10_000):
            workspace = await scene.workspaces.open(name, base_commit=base)
            write_files(workspace.folder, {"x.py": f"{turn}\n", "src/a.py": f"{turn}\n"})
            await scene.intake.commit(name, tree=await workspace.snapshot(), parent=base, message="m\n")
            if turn % 3 == 2:
                await scene.workspaces.close(name)

    print("ready", flush=True)
    async with asyncio.TaskGroup() as group:
        for number in range(3):
            group.create_task(worker(f"n{number}"))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
