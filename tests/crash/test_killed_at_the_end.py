"""A process that dies between the end of its run and the copy of the branch in the user's repository."""

import asyncio
import signal
from pathlib import Path

from swarm.testing.endpoint import SimulatedEndpoint
from tests.integration.projects import as_json, branch_files, file_plan, file_scenario, make_repository, run_swarm


async def test_the_branch_arrives_with_the_next_resume(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "repository")
    plan = file_plan(2)
    (tmp_path / "plan.json").write_text(as_json(plan))
    async with SimulatedEndpoint(file_scenario(plan)) as endpoint:
        common = ("--base-url", endpoint.base_url, "--model", "m", "--sandbox", "none", "--display", "none")
        begin = ("run", "Write", "--repo", str(repository), "--plan", str(tmp_path / "plan.json"), "--run-id", "r")
        home = tmp_path / "home"
        killed = await asyncio.to_thread(run_swarm, *begin, *common, home=home, SWARM_FAILPOINT="run.ended")
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        assert "f1.txt" not in branch_files(repository, "swarm/r")
        calls = endpoint.ledger.seen
        for _ in range(2):
            again = await asyncio.to_thread(run_swarm, "resume", "r", *common, home=home)
            assert again.returncode == 2
            assert "has ended already: done" in again.stderr
            assert {"f0.txt", "f1.txt"} <= branch_files(repository, "swarm/r").keys()
        assert endpoint.ledger.seen == calls
    assert not (home / "runs/r/attempts").exists()
