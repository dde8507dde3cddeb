"""What attempts hand in has a name in the run's repository, wherever the run goes; an agent is told what is refused."""

import asyncio
import shutil
from pathlib import Path

from swarm import Endpoint, Swarm, Task
from swarm.core.events import AttemptHandedIn, Event, ToolReturned, VerdictGiven
from swarm.core.limits import Limits
from swarm.history.exporting import export_run
from swarm.history.forking import fork_run
from swarm.history.importing import import_run
from swarm.history.verification import verify_run
from swarm.journal.store import RunFolder, RunStore
from swarm.testing.endpoint import Answer, SimulatedEndpoint, step
from tests.history.history_runs import events_of, go_on, simulated, start
from tests.integration.projects import WRITE_IT, branch_files, file_plan, file_scenario, git, make_repository


def named(folder: RunFolder) -> dict[str, str]:
    """Return the refs of attempts in the run's repository."""
    below = f"refs/swarm/{folder.run_id}"
    listed = git("for-each-ref", "--format=%(refname:lstrip=3) %(objectname)", below, cwd=folder.repository)
    return dict(line.split() for line in listed.splitlines())


def handed_in(folder: RunFolder) -> dict[str, str]:
    """Return what the journal says that attempts have handed in, by the name of their refs."""
    events = [recorded.event for recorded in events_of(folder)]
    found = [event for event in events if isinstance(event, AttemptHandedIn) and event.handoff.commit]
    return {event.attempt_id.replace("@", "%40"): event.handoff.commit for event in found}


async def test_each_attempt_that_handed_in_has_a_ref_at_its_commit_in_each_copy_of_the_run(tmp_path: Path) -> None:
    async with simulated() as endpoint:
        folder = await start(endpoint, tmp_path, max_calls=9)
        store = RunStore(tmp_path / "home")
        assert named(folder) == handed_in(folder) != {}
        fork = await fork_run(store, "r", at=events_of(folder)[-2].seq, run_id="fork")
        await export_run(store, "r", tmp_path / "archive")
        imported = await import_run(store, tmp_path / "archive", run_id="imported")
        for copy in (fork.folder, imported):
            assert named(copy) == handed_in(folder)
            assert (await go_on(endpoint, tmp_path / "home", copy.run_id)).done
            assert named(copy) == handed_in(copy)
            assert len(named(copy)) == 4
            log = git("log", "--format=%s", "-1", f"refs/swarm/{copy.run_id}/s3%401", cwd=copy.repository)
            assert log == "File 3"


async def test_an_agent_whose_hand_in_is_refused_is_told_why_and_goes_on(tmp_path: Path) -> None:
    repository, plan = make_repository(tmp_path / "repository"), file_plan(2)
    write, *rest = WRITE_IT
    plant = step("shell", command="ln -s /etc/passwd $(printf '.gitmodules\\342\\200\\214')")
    remove = step("shell", command="rm .gitmodules*")
    answer = Answer(subtask="s0", steps=[plant, write, *rest, remove, *rest])
    async with (
        SimulatedEndpoint(file_scenario(plan, answer)) as simulated,
        Swarm(Endpoint(simulated.base_url, model="m"), home=tmp_path / "home", sandbox="none") as swarm,
    ):
        task = Task(instruction="x", repository=str(repository), checks=("cat f*",), limits=Limits(workers=2))
        run = await swarm.submit(task, plan=plan, run_id="r")
        seen: list[Event] = [recorded.event async for recorded in run.events()]
        result = await run.result()
    assert result.done, result.ended
    assert branch_files(repository, result.branch) == {"README.md": "A project.", "f0.txt": "done", "f1.txt": "done"}
    returned = [event for event in seen if isinstance(event, ToolReturned) and event.attempt_id == "s0@1"]
    refused = [event.content for event in returned if event.content.startswith("Not handed in")]
    assert len(refused) == 1
    assert "gitmodulesSymlink" in refused[0]
    assert "Remove or rename" in refused[0]
    assert len([event for event in seen if isinstance(event, VerdictGiven) and event.attempt_id == "s0@1"]) == 1
    assert await asyncio.to_thread(named, run.folder) == handed_in(run.folder)
    assert (await verify_run(run.folder)).findings == []  # the snapshot with the link is there as it was recorded


async def test_a_run_from_before_there_were_intakes_is_verified_forked_exported_and_goes_on(tmp_path: Path) -> None:
    """Its snapshots are in its own repository, and there is no other one."""
    async with simulated() as endpoint:
        folder = await start(endpoint, tmp_path, max_calls=6)
        store = RunStore(tmp_path / "home")
        for name in ("[0-9a-f][0-9a-f]", "pack"):
            for place in folder.intake.glob(f"objects/{name}"):
                shutil.copytree(place, folder.repository / "objects" / place.name, dirs_exist_ok=True)
        shutil.rmtree(folder.intake)
        assert (await verify_run(folder)).findings == []
        fork = await fork_run(store, "r", at=events_of(folder)[-2].seq, run_id="fork")
        assert not fork.folder.intake.exists()
        await export_run(store, "r", tmp_path / "archive")
        imported = await import_run(store, tmp_path / "archive", run_id="imported")
        for each in (folder, fork.folder, imported):
            assert (await go_on(endpoint, tmp_path / "home", each.run_id)).done
            assert named(each) == handed_in(each)
            assert (await verify_run(each)).findings == []
