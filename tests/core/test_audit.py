"""The rules that the events of a sound run keep: each one is noticed when it is broken."""

from collections.abc import Callable

import pytest

from swarm.core.audit import Audit, Finding
from swarm.core.events import (
    AttemptOutcome,
    AttemptStarted,
    Integrated,
    RunForked,
    RunOpened,
    RunOutcome,
    SubtaskOutcome,
)
from swarm.core.plan import Subtask
from swarm.testing.scripted_run import SETTINGS, ScriptedRun, accepted


def sound_run() -> ScriptedRun:
    run = ScriptedRun()
    run.wait(1)
    run.plan(Subtask(id="a", instruction="x"), Subtask(id="b", instruction="y", depends_on=("a",)))
    run.wait(1)
    first = run.start("a")
    run.wait(1)
    run.step(first, "shell", "{}", "ok")
    run.wait(1)
    run.deliver(first, accepted("true"))
    run.wait(1)
    return run


def audited(run: ScriptedRun) -> list[Finding]:
    audit = Audit()
    found = [finding for recorded in run.events for finding in audit.apply(recorded)]
    return found + audit.finish()


def test_a_sound_run_has_no_findings() -> None:
    run = sound_run()
    assert audited(run) == []
    run.start("b")
    run.finish(RunOutcome.FAILED)
    run.add(RunForked("other", "swarm/other", "run-1", len(run.events), "/there"))
    assert audited(run) == []


def reply_twice(run: ScriptedRun) -> None:
    attempt = run.start("b")
    run.ask(attempt)
    run.answer(attempt)
    run.answer(attempt)


def reply_unasked(run: ScriptedRun) -> None:
    attempt = run.start("b")
    run._steps[attempt] = 4
    run.answer(attempt)


def end_without_the_attempt(run: ScriptedRun) -> None:
    run.start("b")
    run.wait(1)
    run.settle("b", SubtaskOutcome.FAILED)
    run.wait(1)


def start_after_the_end(run: ScriptedRun) -> None:
    run.finish(RunOutcome.DONE)
    run.start("b")


def start_what_is_done(run: ScriptedRun) -> None:
    run.start("b")
    run.start("a")


BROKEN: dict[str, tuple[Callable[[ScriptedRun], object], str]] = {
    "two replies": (reply_twice, "second reply"),
    "a reply that nobody asked for": (reply_unasked, "not asked for"),
    "an attempt that ends twice": (lambda run: run.end("a@1", AttemptOutcome.FAILED), "ended already"),
    "a merge into another head": (lambda run: run.add(Integrated("a@1", "f" * 40, "e" * 40)), "the branch was at"),
    "an unknown subtask": (lambda run: run.settle("nobody", SubtaskOutcome.DONE), "not known"),
    "an attempt at nothing": (lambda run: run.add(AttemptStarted("c@1", "c", 1, "0" * 40)), "not known"),
    "an end without an attempt's end": (end_without_the_attempt, "contradicts itself"),
    "an impossible change of state": (lambda run: run.settle("a", SubtaskOutcome.FAILED), "cannot follow"),
    "an epoch that goes back": (lambda run: run.add(RunOpened(1, "h", 1, SETTINGS, run._task)), "is not above 1"),
    "a second creation": (lambda run: run.add(run.events[0].event), "no other"),
    "a start after the end": (start_after_the_end, "after the run's end"),
    "a fork from elsewhere": (lambda run: run.add(RunForked("o", "b", "r", 3, "/")), "it says that it follows event 3"),
    "a start of what is done": (start_what_is_done, "cannot follow"),
}


@pytest.mark.parametrize(("damage", "words"), BROKEN.values(), ids=BROKEN)
def test_each_broken_rule_is_found_once_and_named(damage: Callable[[ScriptedRun], object], words: str) -> None:
    run = sound_run()
    before = len(run.events)
    damage(run)
    found = audited(run)
    assert words in found[0].problem
    assert before < found[0].seq <= len(run.events)
    assert str(found[0].seq - 1) in found[0].advice


def test_a_gap_is_found() -> None:
    run = sound_run()
    del run.events[5]
    assert "event 6 is missing" in audited(run)[0].problem


def test_no_events_at_all_is_a_finding() -> None:
    assert "never created" in Audit().finish()[0].problem
