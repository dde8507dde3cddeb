"""Events in words: one line for each, for people. The text holds what models and repositories said, unfiltered."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydantic_core import from_json

from swarm.core.branch_facts import ChangeKept, ChangeRemoved, HeadChecked, RemovalStarted
from swarm.core.compaction import ConversationCompacted, SummaryCalled
from swarm.core.events import (
    AgentNudged,
    AttemptEnded,
    AttemptHandedIn,
    AttemptOpened,
    AttemptOutcome,
    AttemptStarted,
    BaselineChecked,
    ClockJumped,
    EndpointChanged,
    EndpointState,
    Event,
    HiddenFilesRecorded,
    Integrated,
    IntegrationConflicted,
    IntegrationStarted,
    JudgeStarted,
    ModelCalled,
    ModelDelayed,
    ModelFailed,
    ModelReplied,
    NoteRecorded,
    PatchRefused,
    PlanApproved,
    PlanExtended,
    PlanPatched,
    ReplanAsked,
    RunChecked,
    RunCreated,
    RunEnded,
    RunForked,
    RunImported,
    RunMoved,
    RunOpened,
    RunOutcome,
    RunParked,
    RunPaused,
    RunWoken,
    SubtaskEnded,
    SubtaskHandedBack,
    SubtaskOutcome,
    ToolCalled,
    ToolReturned,
    VerdictGiven,
    WorkspaceSnapshotted,
)
from swarm.core.limits import Usage
from swarm.core.messages import JudgeVote, Verdict
from swarm.core.steering import AgentTold, CancelRequested, PauseRequested, PersonWanted, TellRequested

LINE_LENGTH = 160
_RULES = re.compile(r"([=\-_*~#])\1{7,}")  # lines that test programs draw tell nothing
_TELLING_ARGUMENTS = ("command", "path", "pattern", "reason", "summary")


class Tone(StrEnum):
    """How an event sounds to a person."""

    GOOD = "good"
    PLAIN = "plain"
    ODD = "odd"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Notable:
    """An event that a person who watches should see."""

    seq: int
    at: float
    tone: Tone
    text: str


def one_line(text: str, length: int = LINE_LENGTH) -> str:
    """Return the text on one line of at most ``length`` characters, an ellipsis at the end when it was cut."""
    line = " ".join(_RULES.sub(" ", text[: 4 * length]).split())
    return line if len(line) <= length and len(text) <= 4 * length else line[: length - 1] + "…"


def in_words(outcome: StrEnum) -> str:
    """Return an outcome as people write it: ``gave up``."""
    return outcome.value.replace("_", " ")


def brief_call(name: str, arguments: str, length: int = 80) -> str:
    """Return a tool call as one short line: the tool and the argument that says most."""
    try:
        decoded = from_json(arguments[:4000], allow_partial="trailing-strings")
    except ValueError:
        decoded = None
    return f"{name} {one_line(_telling(decoded), length)}".rstrip()


def _telling(arguments: Any) -> str:
    if not isinstance(arguments, dict):
        return ""
    values = [arguments.get(key) for key in _TELLING_ARGUMENTS] + list(arguments.values())
    return next((value for value in values if isinstance(value, str)), "")


def tokens_in_words(usage: Usage) -> str:
    """Return token counts as ``1,200 in (300 cached), 80 out``."""
    cached = f" ({usage.cached_tokens:,} cached)" if usage.cached_tokens else ""
    return f"{usage.input_tokens:,} in{cached}, {usage.output_tokens:,} out"


def verdict_in_words(verdict: Verdict) -> str:
    """Return a verdict as one line."""
    if not verdict.accepted:
        return f"rejected: {one_line(verdict.reason)}"
    passed = len(verdict.checks)
    if not verdict.verified:
        why = "" if not verdict.judgements else f": {one_line(verdict.reason)}"
        return f"accepted without evidence{why or ': there was no check to run'}"
    said = [f"{passed} check{'' if passed == 1 else 's'} passed"] if passed or not verdict.judgements else []
    if verdict.judgements:
        agreed = sum(each.vote is JudgeVote.FOR for each in verdict.judgements)
        said.append(f"{agreed} of {len(verdict.judgements)} judges agree")
    return f"accepted: {', '.join(said)}"


def _results(verdict: Verdict) -> str:
    failed = [result.command for result in verdict.checks if not result.passed]
    passed = len(verdict.checks) - len(failed)
    return f"{passed} passed" + (f", failing: {one_line('; '.join(failed))}" if failed else "")


def _replied(event: ModelReplied) -> str:
    calls = ", ".join(call.name for call in event.reply.tool_calls)
    said = calls or one_line(event.reply.content, 60) or "nothing"
    if event.adopted:
        return f"replied before the process died: {said} ({tokens_in_words(event.reply.usage)}; not asked for again)"
    tries = f", {event.tries} tries" if event.tries > 1 else ""
    return f"replied: {said} ({tokens_in_words(event.reply.usage)}; {event.seconds:.1f} s{tries})"


def _planned(event: PlanExtended) -> str:
    count = len(event.subtasks)
    below = f" below {event.parent_id}" if event.parent_id else ""
    why = f": {one_line(event.reason)}" if event.reason else ""
    return f"{count} subtask{'' if count == 1 else 's'} joined the plan{below} (revision {event.revision}){why}"


def _opened(event: RunOpened) -> str:
    changes = f"; changed: {', '.join(event.changes)}" if event.changes else ""
    return f"taken over by process {event.pid} on {event.host} (epoch {event.epoch}){changes}"


def _jumped(event: ClockJumped) -> str:
    if event.seconds < 0:
        return f"the clock was set back by {-event.seconds:,.0f} s"
    return f"the clock was set forward, or the machine slept: {event.seconds:,.0f} s that do not count"


def _endpoint(event: EndpointChanged) -> str:
    model = f" for {event.model}" if event.model else ""
    wait = f", not asked for {event.wait_s:.0f} s" if event.wait_s else ""
    return _with_reason(f"endpoint {event.endpoint} {event.state}{model}{wait}", event.reason)


def _untouched(event: BaselineChecked) -> str:
    passed = sum(result.passed for result in event.results)
    whose = "the run's checks" if event.whole else "checks of subtasks"
    return f"{whose} on the untouched start: {passed} of {len(event.results)} pass"


def _with_reason(head: str, reason: str) -> str:
    return f"{head}: {one_line(reason)}" if reason else head


_WORDS: dict[type, Callable[[Any], str]] = {
    RunCreated: lambda e: f"run {e.run_id} created: {one_line(e.task.name or e.task.instruction)}",
    RunOpened: _opened,
    RunPaused: lambda e: _with_reason(f"paused ({e.reason})", e.message),
    RunParked: lambda e: f"parked ({e.code}), looks again in {e.next_probe_s:.0f} s: {one_line(e.message)}",
    RunWoken: lambda _: "the endpoint answers again: the run goes on",
    RunEnded: lambda e: _with_reason(f"run {e.outcome}", e.reason),
    RunForked: lambda e: f"run {e.run_id} begins here as a copy of {e.from_run_id} at event {e.from_seq}",
    RunImported: lambda e: f"imported as run {e.run_id} from an archive of {e.from_run_id} on {one_line(e.from_host)}",
    RunMoved: lambda e: f"moved to {one_line(e.archive)}: it goes on elsewhere",
    CancelRequested: lambda e: "is cancelled by a person" if e.subtask_id else "the run is cancelled by a person",
    PauseRequested: lambda _: "a person asks for a pause",
    TellRequested: lambda e: f"a person says{'' if e.subtask_id else ' to all agents'}: {one_line(e.text)}",
    ClockJumped: _jumped,
    NoteRecorded: lambda e: f"note: {one_line(e.text)}",
    PlanExtended: _planned,
    ReplanAsked: lambda e: f"the planner is asked again ({e.cause}): {one_line(e.reason)}",
    PlanPatched: lambda e: (
        f"the plan changes: {e.patch.in_words()} (revision {e.revision})"
        + (f": {one_line(e.patch.reason)}" if e.patch.reason else "")
    ),
    PlanApproved: lambda e: f"a person approves of the plan (revision {e.revision})",
    PatchRefused: lambda e: f"the patch cannot be used: {one_line(e.reason)}",
    SubtaskHandedBack: lambda e: f"{e.subtask.id} was too big and goes to a planner",
    AttemptStarted: lambda e: _with_reason(
        f"attempt {e.number} starts{f', {e.hedge.in_words()}' if e.hedge else ''}", e.feedback
    ),
    AttemptOpened: lambda e: f"conversation opened with {len(e.messages)} messages",
    ModelCalled: lambda e: f"step {e.step}: asks {e.model}",
    ModelFailed: lambda e: (
        f"step {e.step}: no reply ({e.code})"
        + (f"; {e.broken} answer{'' if e.broken == 1 else 's'} broke off" if e.broken else "")
    ),
    ModelDelayed: lambda e: f"step {e.step}: waits {e.wait_s:.1f} s ({e.code}): {one_line(e.message)}",
    EndpointChanged: _endpoint,
    ModelReplied: lambda e: f"step {e.step}: {_replied(e)}",
    ToolCalled: lambda e: f"step {e.step}: calls {e.name}",
    ToolReturned: lambda e: (
        f"step {e.step}: tool {'failed' if e.failed else 'returned'} "
        f"{len(e.content):,} characters in {e.seconds:.1f} s: {one_line(e.content, 60)}"
    ),
    WorkspaceSnapshotted: lambda e: f"step {e.step}: files recorded as tree {e.tree[:12]}",
    AgentNudged: lambda e: f"step {e.step}: {'stuck, ' if e.stuck else ''}told: {one_line(e.content)}",
    PersonWanted: lambda e: f"waits for a person: {one_line(e.reason)}",
    AgentTold: lambda e: f"after step {e.step}: told by a person: {one_line(e.content)}",
    SummaryCalled: lambda e: f"after step {e.step}: asks for a summary of what came before",
    ConversationCompacted: lambda e: (
        f"after step {e.step}: made shorter, to {e.messages} messages of {e.characters:,} characters"
    ),
    AttemptHandedIn: lambda e: f"step {e.step}: hands in: {one_line(e.handoff.summary)}",
    VerdictGiven: lambda e: verdict_in_words(e.verdict),
    IntegrationStarted: lambda e: f"is being merged into {e.head[:12]}",
    Integrated: lambda e: f"merged as {e.head[:12]}",
    IntegrationConflicted: lambda e: (
        f"conflicts with {e.head[:12]} in {one_line(', '.join(e.paths))}" if e.paths else "was not merged"
    ),
    HeadChecked: lambda e: f"checks on {e.head[:12]} of the branch: {_results(e.verdict)}",
    RemovalStarted: lambda e: f"broke `{one_line(e.check, 80)}`: {e.merge[:12]} is being taken out of the branch",
    ChangeRemoved: lambda e: f"taken out of the branch, which is at {e.head[:12]}: it broke `{one_line(e.check, 80)}`",
    ChangeKept: lambda e: f"broke `{one_line(e.check, 80)}` and stays on the branch: {one_line(e.why)}",
    AttemptEnded: lambda e: _with_reason(f"attempt {in_words(e.outcome)}", e.reason),
    SubtaskEnded: lambda e: _with_reason(f"{e.outcome}", e.reason),
    JudgeStarted: lambda e: f"judge {e.number} of at most {e.of} begins to judge {e.judged or 'the whole'}",
    BaselineChecked: _untouched,
    HiddenFilesRecorded: lambda e: f"{len(e.files)} hidden file{'' if len(e.files) == 1 else 's'} kept for checks",
    RunChecked: lambda e: f"the run's checks on {e.head[:12]}: {verdict_in_words(e.verdict)}",
}


def describe(event: Event) -> str:
    """Return the event as one line of words, without naming the subtask or attempt it belongs to."""
    return _WORDS[type(event)](event)


_RUN_TONES = {RunOutcome.DONE: Tone.GOOD, RunOutcome.UNVERIFIED: Tone.ODD}
_SUBTASK_TONES = {
    SubtaskOutcome.DONE: Tone.GOOD,
    SubtaskOutcome.UNVERIFIED: Tone.ODD,
    SubtaskOutcome.SKIPPED: Tone.ODD,
}
_ENDPOINT_TONES = {
    EndpointState.READY: Tone.GOOD,
    EndpointState.DOWN: Tone.ODD,
    EndpointState.REFUSED: Tone.BAD,
}
STEPS = frozenset(
    {AttemptStarted, AttemptOpened, ModelCalled, ModelReplied, ToolCalled, ToolReturned, WorkspaceSnapshotted}
)
"""What every agent does all the time."""
_QUIET_ENDS = frozenset({AttemptOutcome.INTEGRATED, AttemptOutcome.PLANNED, AttemptOutcome.SPLIT})


def tone_of(event: Event) -> Tone | None:
    """Return how an event sounds, ``None`` when a person who only watches need not see it."""
    if type(event) in STEPS:
        return None
    match event:
        case (
            RunOpened()
            | RunWoken()
            | PlanExtended()
            | PlanPatched()
            | PlanApproved()
            | RunForked()
            | RunImported()
            | RunMoved()
        ):
            return Tone.PLAIN
        case RunPaused() | RunParked() | ClockJumped() | NoteRecorded() | SubtaskHandedBack() | IntegrationConflicted():
            return Tone.ODD
        case ReplanAsked() | PatchRefused():
            return Tone.ODD
        case CancelRequested() | PauseRequested() | TellRequested() | PersonWanted() | ChangeRemoved() | ChangeKept():
            return Tone.ODD
        case EndpointChanged():
            return _ENDPOINT_TONES.get(event.state)
        case AttemptEnded():
            return None if event.outcome in _QUIET_ENDS else Tone.ODD
        case RunEnded():
            return _RUN_TONES.get(event.outcome, Tone.BAD)
        case SubtaskEnded():
            return _SUBTASK_TONES.get(event.outcome, Tone.BAD)
        case _:
            return _tone_of_verdict(event)


def _tone_of_verdict(event: Event) -> Tone | None:
    if isinstance(event, RunChecked):
        return Tone.GOOD if event.verdict.accepted else Tone.BAD
    if isinstance(event, VerdictGiven) and not event.verdict.accepted:
        return Tone.ODD
    return None
