"""The story of a subtask or attempt: complete, in order, and nobody else's."""

from swarm.core.chronicle import Entry, chronicle
from swarm.core.events import (
    AttemptOutcome,
    ModelCalled,
    NoteRecorded,
    PauseReason,
    Recorded,
    SubtaskOutcome,
    attempt_of,
    subtask_of,
    type_name,
)
from swarm.core.messages import Handoff
from swarm.core.plan import Subtask, SubtaskKind
from swarm.core.steering import CancelRequested
from swarm.testing.scripted_run import ScriptedRun, accepted, rejected


def two_attempts() -> ScriptedRun:
    run = ScriptedRun("Write a parser")
    run.plan(Subtask(id="plan", instruction="Plan.", kind=SubtaskKind.PLAN))
    run.plan(
        Subtask(id="lexer", title="Lex", instruction="Lex it.", checks=("make lexer",)),
        Subtask(id="parser", instruction="Parse.", depends_on=("lexer",)),
        below="plan",
    )
    first = run.start("lexer")
    run.step(first, "shell", '{"command": "make lexer"}', "boom")
    run.pause(PauseReason.SIGNAL, "stopped by SIGTERM")
    run.wait(60)
    run.open()
    run.ask(first)
    run.delay(first, wait_s=7)
    run.add(ModelCalled(first, 2, "sim-worker", "d" * 64))
    run.answer(first, ("finish", "{}"), text="It is finished.")
    run.hand_in(first)
    run.judge(first, rejected("test_lexer fails", "make lexer"))
    run.end(first, AttemptOutcome.REJECTED, "test_lexer fails")
    run.add(NoteRecorded("a strange reply", "lexer"))
    second = run.start("lexer", feedback="test_lexer fails")
    run.step(second, "read_file", '{"path": "lexer.py"}', "def lex(): ...")
    run.deliver(second, accepted("make lexer"), Handoff("Lexes.", ("Tokens are tuples",), (), ("lexer.py",), "c" * 40))
    run.pause(PauseReason.LIMIT, "used up")
    third = run.start("parser")
    run.ask(third)
    return run


def told(run: ScriptedRun, what: str) -> list[Entry]:
    return list(chronicle(run.events, what))


def names(entries: list[Entry]) -> list[str]:
    return [type_name(entry.recorded.event) for entry in entries]


def test_a_subtasks_story_holds_all_of_its_events_and_no_others() -> None:
    run = two_attempts()
    entries = told(run, "lexer")
    seqs = [entry.recorded.seq for entry in entries]
    assert seqs == sorted(set(seqs))
    own = [recorded.seq for recorded in run.events if subtask_of(recorded.event) == "lexer"]
    assert set(own) <= set(seqs)
    assert {attempt_of(entry.recorded.event) for entry in entries} == {"", "lexer@1", "lexer@2"}
    # from where it joined the plan to its end: the pause after that is not its own
    assert names(entries)[0] == "plan_extended"
    assert names(entries)[-1] == "subtask_ended"
    assert names(entries).count("run_paused") == 1
    assert names(entries).count("run_opened") == 1


def test_each_line_says_what_one_event_alone_cannot() -> None:
    lines = [entry.text for entry in told(two_attempts(), "lexer")]
    text = "\n".join(lines)
    for expected in (
        "joins the plan (revision 2)",
        "attempt 1 starts (from 000000000000)",
        "step 1: asks sim-worker with a prompt of 2 messages, 33 characters",
        "step 1: calls shell make lexer",
        "paused (signal): stopped by SIGTERM",
        "step 2: waits 7.0 s (rate_limited)",
        "time 2: the call before was cut off",
        "rejected: test_lexer fails",
        "note: a strange reply",
        "attempt 2 starts: test_lexer fails",
        "merged as",
    ):
        assert expected in text
    assert "step 2: asks sim-worker with a prompt of 4 messages" in text


def test_details_carry_the_evidence_and_bodies_what_was_said() -> None:
    entries = told(two_attempts(), "lexer")
    by_name = {type_name(entry.recorded.event): entry for entry in entries}
    assert "make lexer: exit code 0, 1.5 s" in by_name["verdict_given"].details
    assert by_name["attempt_handed_in"].details == (
        f"commit {'c' * 40}",
        "changed: lexer.py",
        "decided: Tokens are tuples",
    )
    assert by_name["tool_returned"].body == "def lex(): ..."
    assert "You are an agent." in by_name["attempt_opened"].body
    assert "Lex it." in by_name["plan_extended"].body
    (spoken,) = [entry for entry in entries if "said: It is finished." in entry.details]
    assert "[finish]" in spoken.body


def test_an_attempts_story_has_what_happened_to_its_subtask_meanwhile() -> None:
    entries = told(two_attempts(), "lexer@1")
    assert names(entries)[0] == "attempt_started"
    assert names(entries)[-1] == "attempt_ended"
    assert {attempt_of(entry.recorded.event) for entry in entries} == {"", "lexer@1"}


def test_a_story_that_goes_on_includes_what_happens_to_the_run() -> None:
    run = two_attempts()
    run.pause(PauseReason.ENDPOINT, "it is gone")
    run.add(CancelRequested())
    run.settle("parser", SubtaskOutcome.CANCELLED, "cancelled by a person")
    assert names(told(run, "parser"))[-3:] == ["run_paused", "cancel_requested", "subtask_ended"]


def test_hostile_indices_do_not_break_it() -> None:
    run = two_attempts()
    run.tool("parser@1", "shell", "?", index=7)
    assert "calls shell" in told(run, "parser")[-2].text


def test_a_subtask_that_waits_has_a_story_too() -> None:
    run = two_attempts()
    entries = told(run, "plan")
    assert isinstance(entries[0].recorded, Recorded)
    assert names(entries)[0] == "plan_extended"
