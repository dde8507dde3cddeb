import asyncio
import os
import subprocess
from pathlib import Path

import pytest

from swarm.errors import WorkspaceError
from swarm.workspace.orphans import holding, wait_for_orphans
from tests.workspace.sources import files_below, new_scene


async def test_open_waits_for_a_process_of_a_killed_swarm(tmp_path: Path) -> None:
    scene = await new_scene(tmp_path)
    workspace = await scene.workspaces.open("one", base_commit=scene.base)
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    with holding(workspace.folder.parent.with_name("one.lock")) as descriptor:
        orphan = subprocess.Popen(["sh", "-c", f"read line < {fifo}; echo late > README.md"], cwd=workspace.folder,
                                  pass_fds=(descriptor,))  # fmt: skip
    opening = asyncio.create_task(scene.new_workspaces().open("one", base_commit=scene.base))
    done, _ = await asyncio.wait({opening}, timeout=0.3)
    assert not done
    await asyncio.to_thread(fifo.write_text, "go\n")
    await opening
    assert files_below(workspace.folder)["README.md"] == "hello\n"
    assert orphan.wait() == 0


async def test_waiting_is_bounded(tmp_path: Path) -> None:
    lock = tmp_path / "x.lock"
    with holding(lock), holding(lock), pytest.raises(WorkspaceError, match="still works"):
        await wait_for_orphans(lock, timeout_s=0.1)
    await wait_for_orphans(lock)
