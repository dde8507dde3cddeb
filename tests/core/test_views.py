from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from swarm.core.events import (
    AttemptEnded,
    AttemptOutcome,
    Hedge,
    IntegrationConflicted,
    ModelCalled,
    NoteRecorded,
    PauseReason,
    Recorded,
    RunOutcome,
    SubtaskEnded,
    SubtaskHandedBack,
    SubtaskOutcome,
)
from swarm.core.figures import hedges_in_words
from swarm.core.limits import Usage
from swarm.core.messages import Handoff
from swarm.core.pairs import hedge_figures
from swarm.core.parts import ENDED_STATUSES, WORKING_STATUSES, RunStatus, SubtaskStatus
from swarm.core.plan import Subtask, SubtaskKind
from swarm.core.plan_graph import layers
from swarm.core.story import story_of
from swarm.core.views import RunView, restored
from swarm.core.wording import Tone, brief_call, one_line
from swarm.errors import JournalUnreadable
from swarm.testing.scripted_run import ScriptedRun, accepted, rejected


def work(identifier: str, *depends_on: str, kind: SubtaskKind = SubtaskKind.WORK) -> Subtask:
    return Subtask(id=identifier, instruction=f"Do {identifier}.", depends_on=depends_on, kind=kind)


def view_of(run: ScriptedRun) -> RunView:
    return restored(run.events)


def statuses(run: ScriptedRun) -> dict[str, str]:
    return {key: subtask.status.value for key, subtask in view_of(run).subtasks.items()}


def test_a_new_run_is_running_and_has_nothing_spent() -> None:
    view = view_of(ScriptedRun("Port it", run_id="r7"))
    assert (view.run_id, view.branch, view.status) == ("r7", "swarm/r7", RunStatus.RUNNING)
    assert view.task is not None
    assert view.task.instruction == "Port it"
    assert (view.sessions, view.kills, view.widest) == (1, 0, 0)
    assert not view.notables, "the first session of a run is nothing to report"


def test_a_subtask_goes_through_its_statuses() -> None:
    run = ScriptedRun()
    run.plan(work("b", "a"), work("a"))
    assert statuses(run) == {"b": "blocked", "a": "ready"}
    attempt = run.start("a")
    assert statuses(run)["a"] == "running"
    run.ask(attempt)
    run.delay(attempt)
    assert statuses(run)["a"] == "suspended"
    assert view_of(run).attempts[attempt].delay == "rate_limited"
    run.answer(attempt, ("shell", '{"command": "make  test"}'))
    run.tool(attempt, "shell", "ok")
    assert statuses(run)["a"] == "running"
    assert view_of(run).attempts[attempt].last_action == "shell make test"
    run.hand_in(attempt)
    assert statuses(run)["a"] == "verifying"
    run.judge(attempt, rejected("test_x fails"))
    assert statuses(run)["a"] == "running"
    run.deliver(attempt, accepted("make check"))
    assert statuses(run) == {"b": "ready", "a": "done"}
    view = view_of(run)
    assert view.delays == Counter(rate_limited=1)
    merge = view.subtasks["a"].merge
    assert merge is not None
    assert view.head == merge.head


def test_accepted_work_is_integrating_until_it_is_merged() -> None:
    run = ScriptedRun()
    run.plan(work("a"))
    attempt = run.start("a")
    run.wait(10)
    run.hand_in(attempt)
    run.judge(attempt, accepted("true"))
    assert statuses(run)["a"] == "integrating"
    assert view_of(run).at_work == 0
    run.wait(50)
    run.add(IntegrationConflicted(attempt, "1" * 40, "2" * 40, ("src/x.py",)))
    run.end(attempt, AttemptOutcome.CONFLICTED)
    view = view_of(run)
    assert view.subtasks["a"].status is SubtaskStatus.READY
    assert view.attempts[attempt].reason == "conflict in src/x.py"
    assert view.attempts[attempt].seconds(view.driven_s) == 10, "waiting for the merge is not work"


def test_a_plan_subtask_delegates_and_a_split_one_becomes_one() -> None:
    run = ScriptedRun()
    run.plan(work("plan", kind=SubtaskKind.PLAN))
    planner = run.start("plan")
    run.plan(work("x"), work("y", "x"), below="plan")
    run.end(planner, AttemptOutcome.PLANNED)
    assert statuses(run) == {"plan": "delegated", "x": "ready", "y": "blocked"}
    worker = run.start("x")
    run.end(worker, AttemptOutcome.SPLIT, "too big")
    run.add(SubtaskHandedBack(work("x", kind=SubtaskKind.PLAN), worker))
    view = view_of(run)
    assert view.subtasks["x"].spec.kind is SubtaskKind.PLAN
    assert view.subtasks["x"].status is SubtaskStatus.READY
    assert view.subtasks["plan"].children == ["x", "y"]
    assert view.subtasks["y"].parent_id == "plan"
    assert layers(subtask.spec for subtask in view.subtasks.values()) == [["plan", "x"], ["y"]]


def test_a_refused_plan_is_no_evidence_against_the_plan_subtask() -> None:
    run = ScriptedRun()
    run.plan(work("plan", kind=SubtaskKind.PLAN))
    planner = run.start("plan")
    run.judge(planner, rejected("a cycle"))
    view = view_of(run)
    assert view.subtasks["plan"].verdict is None
    assert view.attempts[planner].verdict is not None


def test_work_without_checks_is_unverified_and_unblocks() -> None:
    run = ScriptedRun()
    run.plan(work("a"), work("b", "a"))
    run.deliver(run.start("a"), accepted())
    assert statuses(run) == {"a": "unverified", "b": "ready"}


def test_failure_leaves_dependents_blocked_until_they_are_skipped() -> None:
    run = ScriptedRun()
    run.plan(work("a"), work("b", "a"))
    run.end(run.start("a"), AttemptOutcome.GAVE_UP, "no idea")
    assert statuses(run)["a"] == "ready"
    run.settle("a", SubtaskOutcome.FAILED, "no attempts left")
    assert statuses(run) == {"a": "failed", "b": "blocked"}
    run.settle("b", SubtaskOutcome.SKIPPED, "it needs a")
    assert statuses(run)["b"] == "skipped"
    assert view_of(run).ended_subtasks == 2


def test_money_is_never_zero_when_a_price_is_unknown() -> None:
    run = ScriptedRun()
    run.plan(work("a"))
    attempt = run.start("a")
    run.ask(attempt)
    run.answer(attempt, cost_usd=0.25, tries=3)
    assert view_of(run).spent.cost_usd == 0.25
    run.ask(attempt)
    run.answer(attempt, cost_usd=None)
    spent = view_of(run).spent
    assert (spent.cost_usd, spent.priced_usd, spent.unpriced_calls) == (None, 0.25, 1)
    assert (spent.calls, spent.tries) == (2, 4)
    assert spent.usage == Usage(2000, 800, 200)


def test_tokens_of_work_that_was_not_merged_are_waste() -> None:
    run = ScriptedRun()
    run.plan(work("a"))
    first = run.start("a")
    run.step(first, "shell", "{}", "ok")
    run.end(first, AttemptOutcome.REJECTED, "wrong")
    second = run.start("a")
    run.step(second, "shell", "{}", "ok")
    run.deliver(second, accepted("true"))
    view = view_of(run)
    assert view.wasted.usage == Usage(1000, 400, 100)
    assert view.spent.usage.total_tokens == 2200
    assert [attempt.number for attempt in view.subtasks["a"].attempts] == [1, 2]


def test_time_in_which_nobody_drove_the_run_does_not_count() -> None:
    run = ScriptedRun()
    run.plan(work("a"))
    attempt = run.start("a")
    run.wait(10)
    run.step(attempt, "shell", "{}", "ok", seconds=5)
    run.wait(3600)
    run.open("workers: 8 → 16")
    run.wait(20)
    run.deliver(attempt, accepted("true"))
    view = view_of(run)
    assert view.driven_s == 35
    assert view.attempts[attempt].seconds(view.driven_s) == 35
    assert view.agent_seconds(view.driven_s) == 35
    assert (view.sessions, view.kills) == (2, 1)
    assert "workers: 8 → 16" in view.notables[1].text


def test_a_pause_is_no_kill_and_a_wait_ends_with_its_process() -> None:
    run = ScriptedRun()
    run.plan(work("a"))
    attempt = run.start("a")
    run.ask(attempt)
    run.delay(attempt)
    run.pause(PauseReason.LIMIT, "500 tokens are used up")
    view = view_of(run)
    assert (view.status, view.pause_reason, view.reason) == (
        RunStatus.PAUSED,
        PauseReason.LIMIT,
        "500 tokens are used up",
    )
    assert view.driven_at(view.last_at + 99) == view.driven_s
    run.open()
    view = view_of(run)
    assert (view.status, view.reason, view.kills) == (RunStatus.RUNNING, "", 0)
    assert view.subtasks["a"].status is SubtaskStatus.RUNNING
    assert view.driven_at(view.last_at + 7) == view.driven_s + 7


def test_a_pause_for_a_person_is_waiting() -> None:
    run = ScriptedRun()
    run.pause(PauseReason.PERSON, "may it delete the branch?")
    assert view_of(run).status is RunStatus.WAITING


def test_the_widest_concurrency_counts_attempts_at_work() -> None:
    run = ScriptedRun()
    run.plan(*(work(f"s{n}") for n in range(5)))
    attempts = [run.start(f"s{n}") for n in range(3)]
    for attempt in attempts:
        run.deliver(attempt, accepted("true"))
    run.start("s3")
    assert view_of(run).widest == 3


def test_the_end_of_a_run_tells_outcome_evidence_and_head() -> None:
    run = ScriptedRun(checks=["make test"])
    run.plan(work("a"))
    run.deliver(run.start("a"), accepted("true"))
    run.finish(RunOutcome.DONE, "all checks pass", accepted("make test"))
    view = view_of(run)
    assert view.ended
    assert view.status is RunStatus.DONE
    assert view.verdict is not None
    assert view.verdict.checks[0].command == "make test"
    assert view.checked_head == view.head
    assert view.notables[-1].tone is Tone.GOOD


def test_late_events_of_ended_attempts_change_no_status() -> None:
    run = ScriptedRun()
    run.plan(work("a"))
    attempt = run.start("a")
    run.ask(attempt)
    run.end(attempt, AttemptOutcome.CANCELLED)
    run.settle("a", SubtaskOutcome.CANCELLED)
    run.answer(attempt)
    run.end(attempt, AttemptOutcome.FAILED)
    run.add(SubtaskEnded("a", SubtaskOutcome.DONE))
    view = view_of(run)
    assert view.subtasks["a"].status is SubtaskStatus.CANCELLED
    assert view.attempts[attempt].outcome is AttemptOutcome.CANCELLED
    assert view.wasted.usage.total_tokens == 1100


def test_an_event_about_an_unknown_attempt_is_named() -> None:
    run = ScriptedRun()
    run.add(AttemptEnded("ghost@1", AttemptOutcome.FAILED))
    with pytest.raises(JournalUnreadable, match=r"event 3 speaks of 'ghost@1'"):
        view_of(run)


def test_notes_and_notables_are_bounded() -> None:
    run = ScriptedRun()
    for number in range(1000):
        run.add(NoteRecorded(f"note {number}", "a"))
    view = view_of(run)
    assert len(view.notes) < 1000
    assert len(view.notables) < 1000
    assert view.notables[-1].text == "a: note: note 999"


def test_calls_per_minute_looks_back_one_minute() -> None:
    run = ScriptedRun()
    run.plan(work("a"))
    attempt = run.start("a")
    for _ in range(4):
        run.ask(attempt)
        run.answer(attempt)
        run.wait(30)
    view = view_of(run)
    assert view.calls_per_minute(run.now) == 1
    assert view.calls_per_minute(run.now - 30) == 2


def test_clocks_that_go_back_do_not_make_time_negative() -> None:
    run = ScriptedRun()
    run.wait(-500)
    run.plan(work("a"))
    assert view_of(run).driven_s == 0


# -- property: the counters equal a recount after every event -------------------------------------------------


IDS = ["a", "b", "c", "d"]


@st.composite
def scripts(draw: st.DrawFn) -> list[tuple[str, str]]:
    verbs = ["start", "delay", "answer", "hand_in", "accept", "reject", "end", "plan_end", "settle", "fail", "open"]
    return draw(st.lists(st.tuples(st.sampled_from(verbs), st.sampled_from(IDS)), max_size=40))


def played(script: list[tuple[str, str]]) -> ScriptedRun:
    run = ScriptedRun()
    run.plan(work("a"), work("b", "a"), work("c", "a", "b"), work("d"))
    current: dict[str, str] = {}
    for verb, subtask in script:
        run.wait(1)
        if verb == "start" or subtask not in current:
            current[subtask] = run.start(subtask)
            run.ask(current[subtask])
            continue
        play(run, verb, subtask, current[subtask])
    return run


def play(run: ScriptedRun, verb: str, subtask: str, attempt: str) -> None:
    actions = {
        "delay": lambda: run.delay(attempt),
        "answer": lambda: run.answer(attempt),
        "hand_in": lambda: run.hand_in(attempt),
        "accept": lambda: run.judge(attempt, accepted("true")),
        "reject": lambda: run.judge(attempt, rejected("no")),
        "end": lambda: run.end(attempt, AttemptOutcome.FAILED),
        "plan_end": lambda: run.end(attempt, AttemptOutcome.PLANNED),
        "settle": lambda: run.settle(subtask, SubtaskOutcome.DONE),
        "fail": lambda: run.settle(subtask, SubtaskOutcome.FAILED),
        "open": lambda: run.open(),
    }
    actions[verb]()


@settings(max_examples=150, deadline=None)
@given(scripts())
def test_counters_equal_a_recount_after_every_event(script: list[tuple[str, str]]) -> None:
    view = RunView()
    for recorded in played(script).events:
        view.apply(recorded)
        recount = Counter(subtask.status for subtask in view.subtasks.values())
        assert {status: count for status, count in view.counts.items() if count} == dict(recount)
        assert view.ended_subtasks == sum(recount[status] for status in ENDED_STATUSES)
        assert view.at_work == sum(recount[status] for status in WORKING_STATUSES)
        assert set(view.active) == {key for key, attempt in view.attempts.items() if attempt.outcome is None}
        assert view.spent.calls == sum(attempt.spent.calls for attempt in view.attempts.values())
        waste = [attempt.spent.usage.total_tokens for attempt in view.attempts.values() if attempt.outcome in WASTE]
        assert view.wasted.usage.total_tokens == sum(waste)
        blocked = {
            key
            for key, subtask in view.subtasks.items()
            if subtask.waits_for and not subtask.attempts and subtask.status not in ENDED_STATUSES
        }
        assert blocked == {key for key, subtask in view.subtasks.items() if subtask.status is SubtaskStatus.BLOCKED}


WASTE = {AttemptOutcome.FAILED}


# -- wording and stories ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("shell", '{"timeout_s": 5, "command": "pytest -q\\n  tests"}', "shell pytest -q tests"),
        ("write_file", '{"path": "src/a.py", "content": "x = 1"}', "write_file src/a.py"),
        ("write_file", '{"path": "src/a.py", "conte', "write_file src/a.py"),
        ("odd", '{"other": "value"}', "odd value"),
        ("odd", '{"n": 3}', "odd"),
        ("odd", "[1]", "odd"),
        ("odd", "not json", "odd"),
    ],
)
def test_a_call_in_brief(name: str, arguments: str, expected: str) -> None:
    assert brief_call(name, arguments) == expected


@given(st.text(max_size=900), st.integers(2, 200))
def test_one_line_is_one_short_line(text: str, length: int) -> None:
    line = one_line(text, length)
    assert len(line) <= length
    assert len(line.splitlines()) <= 1


def test_a_story_tells_each_step() -> None:
    run = ScriptedRun()
    run.plan(work("a"))
    attempt = run.start("a", feedback="the test failed")
    run.ask(attempt)
    run.open()
    run.add(ModelCalled(attempt, 1, "sim-worker", "d" * 64))
    run.delay(attempt)
    run.answer(attempt, ("read_file", '{"path": "x"}'), ("shell", '{"command": "false"}'), text="Look.", tries=2)
    run.tool(attempt, "read_file", "12345")
    run.tool(attempt, "shell", "exit code 1", index=1, failed=True)
    run.ask(attempt)
    run.answer(attempt, ("finish", '{"summary": "done"}'))
    run.deliver(attempt, accepted("true"), Handoff("done"))
    story = story_of(attempt, run.events)
    first, second = story.steps.values()
    assert story.start is not None
    assert story.start.feedback == "the test failed"
    assert (first.asked, first.tries, len(first.delays)) == (2, 2, 1)
    assert [(call.call.name, call.result, call.failed) for call in first.calls] == [
        ("read_file", "12345", False),
        ("shell", "exit code 1", True),
    ]
    opening = sum(len(message.content) for message in story.opening)
    said = len("Look.") + len('{"path": "x"}') + len('{"command": "false"}')
    assert (first.prompt_messages, first.prompt_characters) == (2, opening)
    assert second.prompt_messages == 5
    assert second.prompt_characters == opening + said + len("12345") + len("exit code 1")
    assert second.handoff == Handoff("done")
    assert second.verdict is not None
    assert second.verdict.accepted
    assert story.outcome is AttemptOutcome.INTEGRATED


def test_a_story_passes_over_other_attempts() -> None:
    run = ScriptedRun()
    run.plan(work("a"), work("b"))
    run.step(run.start("a"), "shell", "{}", "ok")
    other = run.start("b")
    story = story_of(other, [Recorded(item.seq, item.at, item.event) for item in run.events])
    assert not story.steps
    assert story.start is not None


def test_what_an_attempt_does_is_told_by_its_state_first() -> None:
    run = ScriptedRun()
    run.plan(Subtask(id="a", instruction="A"))
    attempt = run.start("a")
    run.ask(attempt)
    assert view_of(run).attempts[attempt].doing == "waits for the model"
    run.delay(attempt)
    assert view_of(run).attempts[attempt].doing == "waits: rate limited"
    run.answer(attempt, ("finish", "{}"))
    run.hand_in(attempt)
    assert view_of(run).attempts[attempt].doing == "its checks run"
    run.judge(attempt, accepted("make test"))
    assert view_of(run).attempts[attempt].doing == "waits to be merged"


def hedged_run() -> tuple[ScriptedRun, str, str]:
    """Return a run in which two attempts at one subtask are at work."""
    run = ScriptedRun()
    run.plan(Subtask(id="a", instruction="A"), Subtask(id="b", instruction="B"))
    first = run.start("a")
    run.wait(60)
    second = run.start("a", hedge=Hedge(first, 60.0, 20.0, 5))
    for attempt in (first, second):
        run.ask(attempt)
        run.answer(attempt, ("read_file", "{}"))
    return run, first, second


def test_of_two_attempts_the_one_that_has_come_further_speaks_for_the_subtask() -> None:
    run, first, second = hedged_run()
    view = view_of(run)
    assert (view.at_work, view.widest, view.counts[SubtaskStatus.RUNNING]) == (2, 2, 1)
    run.hand_in(second)
    run.ask(first)
    run.delay(first)
    view = view_of(run)
    assert view.subtasks["a"].status is SubtaskStatus.VERIFYING
    assert [attempt.status for attempt in view.active.values()] == [SubtaskStatus.SUSPENDED, SubtaskStatus.VERIFYING]
    run.judge(second, rejected("no"))
    assert view_of(run).subtasks["a"].status is SubtaskStatus.RUNNING
    run.end(second, AttemptOutcome.REJECTED, "no")
    view = view_of(run)
    assert view.subtasks["a"].status is SubtaskStatus.SUSPENDED
    assert view.at_work == 1


def test_what_the_one_of_two_hands_in_that_is_late_does_not_count() -> None:
    run, first, second = hedged_run()
    run.hand_in(second, Handoff("The second.", commit="c" * 40))
    run.judge(second, accepted("make test"))
    run.hand_in(first, Handoff("The first.", commit="d" * 40))
    run.judge(first, rejected("no"))
    view = view_of(run)
    assert view.subtasks["a"].status is SubtaskStatus.INTEGRATING
    assert view.at_work == 1
    assert view.subtasks["a"].handoff == Handoff("The second.", commit="c" * 40)
    assert view.subtasks["a"].verdict == accepted("make test")
    run.end(first, AttemptOutcome.OUTRUN, f"{second} was accepted first")
    view = view_of(run)
    assert view.subtasks["a"].status is SubtaskStatus.INTEGRATING
    assert view.at_work == 0


@pytest.mark.parametrize("winner", ["the first", "the second"])
def test_what_hedges_came_to_is_counted(winner: str) -> None:
    run, first, second = hedged_run()
    won, lost = (first, second) if winner == "the first" else (second, first)
    run.ask(lost)
    run.answer(lost, usage=Usage(200, 0, 50), cost_usd=0.5)
    run.end(lost, AttemptOutcome.OUTRUN, f"{won} was accepted first")
    run.deliver(won, accepted("make test"))
    figures = hedge_figures(view_of(run).pairs.hedges)
    assert (figures.begun, figures.won) == (1, int(winner == "the second"))
    assert figures.lost.usage.total_tokens == 1_100 + 250
    assert figures.lost.priced_usd == pytest.approx(0.51)
    assert hedges_in_words(figures) == (
        f"1 begun, {figures.won} accepted first; 1,350 tokens, $0.5100 spent on work that another attempt outran"
    )


def test_a_hedge_of_no_use_is_what_was_lost() -> None:
    run, first, second = hedged_run()
    run.end(second, AttemptOutcome.FAILED, "out of steps")
    run.deliver(first, accepted("make test"))
    figures = hedge_figures(view_of(run).pairs.hedges)
    assert (figures.begun, figures.won, figures.lost.usage.total_tokens) == (1, 0, 1_100)
    run, first, second = hedged_run()
    run.end(first, AttemptOutcome.FAILED, "out of steps")
    run.deliver(second, accepted("make test"))
    assert hedge_figures(view_of(run).pairs.hedges).lost.usage.total_tokens == 0, "the first one failed by itself"


def test_rules_that_test_programs_draw_are_left_out() -> None:
    assert one_line("failed:\n======\n========\nE: x\n--------\n") == "failed: ====== E: x"
