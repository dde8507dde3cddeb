"""What the folds make of a run that was forked, imported or moved away."""

import pytest

from swarm.core.events import PauseReason, RunForked, RunImported, RunMoved, RunOutcome
from swarm.core.parts import RunStatus
from swarm.core.plan import Subtask
from swarm.core.scheduler import Scheduler
from swarm.core.views import restored
from swarm.testing.scripted_run import ScriptedRun, accepted

FORKED = RunForked("other", "swarm/other", "run-1", 5, "/there")
IMPORTED = RunImported("other", "swarm/other", "/there", "run-1", "host-b")
MOVED = RunMoved("/media/run.tar")


def a_run() -> ScriptedRun:
    run = ScriptedRun()
    run.plan(Subtask(id="a", instruction="x"))
    run.step(run.start("a"), "shell", "{}", "ok", seconds=10)
    return run


@pytest.mark.parametrize("event", [FORKED, IMPORTED])
def test_a_copy_has_an_id_and_branch_of_its_own(event: RunForked | RunImported) -> None:
    run = a_run()
    run.add(event)
    view, state = restored(run.events), Scheduler.restore(run.events).state
    assert (view.run_id, view.branch, state.run_id) == ("other", "swarm/other", "other")
    assert view.status is RunStatus.PAUSED
    assert view.reason


@pytest.mark.parametrize("event", [FORKED, IMPORTED])
def test_a_copy_works_on_the_repository_named_there(event: RunForked | RunImported) -> None:
    run = a_run()
    run.add(event)
    view, state = restored(run.events), Scheduler.restore(run.events).state
    assert view.task is not None
    assert state.task is not None
    assert (view.task.repository, state.task.repository) == ("/there", "/there")


def test_a_moved_run_stands_still_until_its_copy_goes_on() -> None:
    run = a_run()
    run.add(MOVED)
    assert Scheduler.restore(run.events).state.moved == MOVED
    assert restored(run.events).reason == "moved to /media/run.tar"
    run.add(IMPORTED)
    assert Scheduler.restore(run.events).state.moved is None


@pytest.mark.parametrize("event", [FORKED, IMPORTED, MOVED])
def test_the_time_before_it_does_not_count_and_is_no_kill(event: RunForked | RunImported | RunMoved) -> None:
    run = a_run()
    run.pause(PauseReason.SIGNAL, "stopped")
    before = restored(run.events), Scheduler.restore(run.events).state
    run.wait(86_400)
    run.add(event)
    run.wait(86_400)
    run.open()
    view, state = restored(run.events), Scheduler.restore(run.events).state
    assert (view.driven_s, state.active_s) == (before[0].driven_s, before[1].active_s)
    assert view.kills == 0
    assert view.status is RunStatus.RUNNING


def test_an_ended_run_stays_ended() -> None:
    run = a_run()
    run.deliver("a@1", accepted("true"))
    run.finish(RunOutcome.DONE)
    run.add(IMPORTED)
    assert restored(run.events).status is RunStatus.DONE
