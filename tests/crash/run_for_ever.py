"""Starts what would run for ever, until killed: ``python run_for_ever.py bwrap|none|git FOLDER COMMAND``."""

import asyncio
import sys
from pathlib import Path

from swarm.workspace.git import Git
from swarm.workspace.sandbox import Sandbox, SandboxLevel


async def main(kind: str, folder: Path, command: str) -> None:
    print("started", flush=True)
    if kind == "git":
        await Git().initialise(folder)
        alias = f"alias.forever=!{command}"
        await Git().run("-c", alias, "forever", git_dir=folder)
    else:
        await Sandbox(SandboxLevel(kind)).run(folder, command, timeout_s=600)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), sys.argv[3]))
