"""Every commit of a run's branch says whose it is: those of attempts, of merges, removals and repairs."""

from pathlib import Path

from swarm import Swarm, Task
from swarm.core.limits import Limits
from swarm.testing.endpoint import Answer, SimulatedEndpoint, step
from tests.integration.projects import file_plan, file_scenario, git, make_repository
from tests.integration.test_main_job import endpoint_of

TRAILERS = ("Swarm-Run", "Swarm-Subtask", "Swarm-Attempt")


async def test_every_commit_of_a_run_carries_run_subtask_and_attempt(tmp_path: Path) -> None:
    repository, plan = make_repository(tmp_path / "repository"), file_plan(6)
    spoiling = Answer(
        subtask="s2",
        attempt=1,
        steps=[
            step(
                "shell", command="echo done > f2.txt; echo x > spoiled.txt; git add -A; git commit -qm 'by the agent'"
            ),
            step("finish", summary="done"),
        ],
    )
    repair = Answer(
        subtask="repair-1", steps=[step("write_file", path="all.txt", content="ok\n"), step("finish", summary="mended")]
    )
    async with (
        SimulatedEndpoint(file_scenario(plan, spoiling, repair)) as simulated,
        Swarm(endpoint_of(simulated), home=tmp_path / "home", sandbox="none") as swarm,
    ):
        checks = ("test ! -e spoiled.txt", "test -f all.txt")
        limits = Limits(check_every=2, workers=2)
        task = Task(instruction="x", repository=str(repository), checks=checks, limits=limits)
        result = await (await swarm.submit(task, plan=plan)).result()
    assert result.done
    kinds = set()
    form = "%P%x00%s%x00" + "%x00".join(f"%(trailers:key={name},valueonly,separator=%x2c)" for name in TRAILERS)
    for line in git("log", f"--format={form}", f"main..{result.branch}", cwd=repository).splitlines():
        parents, subject, run, subtask, attempt = line.split("\0")
        assert run == result.run_id, subject
        assert attempt.rpartition("@")[0] == subtask, subject
        assert subtask in {*(node.id for node in plan.subtasks), "repair-1"}, subject
        kinds.add("merge" if " " in parents else "removal" if subject.startswith("Take ") else subtask)
    assert kinds == {"merge", "removal", "repair-1", *(node.id for node in plan.subtasks)}
