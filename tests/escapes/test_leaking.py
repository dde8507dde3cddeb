"""A sandbox that begins to leak while a run goes on: the run pauses, and a resume tries the sandbox again."""

import asyncio
import shutil
import sys
from pathlib import Path

import pytest

from swarm.testing.endpoint import SimulatedEndpoint
from swarm.workspace.choosing import probe_bwrap
from tests.integration.projects import as_json, environment, file_plan, file_scenario, make_repository

# A bubblewrap that keeps nothing apart any more once a file is there, beside it: paths differ for a user of its own.
WRAPPER = r"""#!/bin/bash
if [ -e "$(dirname "$0")/leaking" ]; then
  while [ "$1" != -- ]; do [ "$1" = --json-status-fd ] && status=$2; shift; done
  shift; echo '{"exit-code": 0}' >&$status; exec "$@"
fi
exec BWRAP "$@"
"""
# The command line as it is, with that bubblewrap, tried every tenth of a second instead of every ten minutes.
PROGRAM = """
import functools, sys
import swarm.assembly, swarm.workspace.sandbox
from swarm.cli import main
swarm.workspace.sandbox.bwrap_program = lambda: {wrapper!r}
swarm.assembly.watch = functools.partial(swarm.assembly.watch, interval_s=0.1)
sys.argv[0] = "swarm"
main()
"""


async def test_a_run_whose_sandbox_leaks_pauses_and_resumes_when_it_holds_again(tmp_path: Path) -> None:
    bwrap = shutil.which("bwrap")
    if bwrap is None or await probe_bwrap():
        pytest.skip("there is no bubblewrap that works")
    leaking, wrapper = tmp_path / "leaking", tmp_path / "bwrap"
    wrapper.write_text(WRAPPER.replace("BWRAP", bwrap))
    wrapper.chmod(0o755)
    repository, plan = make_repository(tmp_path / "repository"), file_plan(2)
    (tmp_path / "plan.json").write_text(as_json(plan))

    async def start(*arguments: str) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", PROGRAM.format(wrapper=str(wrapper)), *arguments),
            *("--base-url", simulated.base_url, "--model", "m", "--display", "none"),
            env=environment(tmp_path / "home"),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )

    async with SimulatedEndpoint(file_scenario(plan)) as simulated:
        async with simulated.hold("*") as hold:
            plan_file = str(tmp_path / "plan.json")
            run = await start("run", "Work", "--repo", str(repository), "--plan", plan_file, "--run-id", "r")
            await hold.reached(2)
            leaking.touch()
            said = (await run.communicate())[1].decode()
        assert run.returncode == 3, said
        assert "the sandbox that commands ran in (bwrap) holds no longer: bubblewrap runs, but " in said
        refused = await start("resume", "r")
        said = (await refused.communicate())[1].decode()
        assert refused.returncode == 3, said
        assert "No sandbox works on this machine: bubblewrap runs, but " in said
        leaking.unlink()
        resumed = await start("resume", "r")
        said = (await resumed.communicate())[1].decode()
        assert resumed.returncode == 0, said
