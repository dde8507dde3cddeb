"""Runs are driven on uvloop where it is installed, and on asyncio's own loop where it is not."""

import asyncio
import importlib.util
import subprocess
import sys

import pytest

from swarm.event_loop import run_in_loop
from swarm.workspace.git import Git


async def loop_of_run() -> str:
    return type(asyncio.get_running_loop()).__module__


@pytest.mark.skipif(importlib.util.find_spec("uvloop") is None, reason="uvloop is not installed")
def test_runs_are_driven_on_uvloop_where_it_is_installed() -> None:
    assert run_in_loop(loop_of_run()) == "uvloop"


def test_runs_are_driven_on_asyncios_loop_where_uvloop_is_missing() -> None:
    """In a process of its own, whose import system does not know uvloop."""
    code = (
        "import importlib.util as util; find = util.find_spec\n"
        "util.find_spec = lambda name, *rest: None if name == 'uvloop' else find(name, *rest)\n"
        "import asyncio; from swarm.event_loop import run_in_loop\n"
        "async def name(): return type(asyncio.get_running_loop()).__module__\n"
        "print(run_in_loop(name()))\n"
    )
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert printed.startswith("asyncio.")


def test_processes_run_on_it() -> None:
    async def version() -> tuple[int, int]:
        return await Git().version()

    assert run_in_loop(version()) >= (2, 38)


def test_what_a_run_raises_is_raised() -> None:
    async def broken() -> None:
        raise ValueError("as it was")

    with pytest.raises(ValueError, match="as it was"):
        run_in_loop(broken())
