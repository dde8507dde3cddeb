"""Events for the tests of the journal: one hand-written of each type, and strategies that make any."""

import dataclasses
import types
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from swarm.core.approval import PlanApproved
from swarm.core.branch_facts import ChangeKept, ChangeRemoved, HeadChecked, RemovalStarted
from swarm.core.compaction import ConversationCompacted, SummaryCalled
from swarm.core.events import (
    EVENT_TYPES,
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
    PauseReason,
    PlanExtended,
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
    RunSettings,
    RunWoken,
    SubtaskEnded,
    SubtaskHandedBack,
    SubtaskOutcome,
    ToolCalled,
    ToolReturned,
    VerdictGiven,
    WorkspaceSnapshotted,
)
from swarm.core.hidden import HiddenFile
from swarm.core.limits import Limits, Reservation, Spent, Usage
from swarm.core.messages import CheckResult, Handoff, Message, Reply, Role, ToolCall, Verdict
from swarm.core.patch import PlanPatch
from swarm.core.plan import Subtask, SubtaskKind
from swarm.core.replans import PatchRefused, PlanPatched, ReplanAsked, ReplanCause
from swarm.core.steering import AgentTold, CancelRequested, PauseRequested, PersonWanted, TellRequested
from swarm.core.task import Task

_TASK = Task(instruction="Port the parser", repository="/repo", checks=("make test",), limits=Limits(max_tokens=9))
_SETTINGS = RunSettings("http://127.0.0.1:1/v1", {"planner": "large", "worker": "small"}, "bwrap", simulated=True)
_SUBTASK = Subtask(id="parser", instruction="Write the parser", checks=("pytest -q",), writes=("src/parser.py",))
_VERDICT = Verdict(True, True, "", (CheckResult("pytest -q", 0, 1.25, "3 passed", "ab" * 32),))
_REPLY = Reply(
    content="I look at it.",
    reasoning="r" * 3_000,
    reasoning_field="reasoning_content",
    tool_calls=(ToolCall("call_1", "read_file", '{"path": "src/parser.py"}'),),
    finish_reason="tool_calls",
    model="small",
    usage=Usage(900, 800, 50, 20),
)

SAMPLES: tuple[Event, ...] = (
    RunCreated(1, "golden", "0.1.0", _TASK, _SETTINGS, "c0" * 20, "swarm/golden"),
    RunOpened(1, "host", 4242, _SETTINGS, _TASK, ("workers: 4 -> 8",)),
    ClockJumped(-3600.5, 1780000000.0),
    NoteRecorded("the tree is dirty", "parser", notice="tree"),
    PlanExtended(1, (_SUBTASK, _SUBTASK.model_copy(update={"id": "docs", "depends_on": ("parser",)})), "plan"),
    AttemptStarted("parser@1", "parser", 1, "c0" * 20, role="strong"),
    AttemptOpened("parser@1", (Message(Role.SYSTEM, "rules " * 600), Message(Role.USER, "Write the parser"))),
    ModelCalled("parser@1", 1, "small", "d1" * 32, Reservation(900, 4_096, 0.002, 500, 0.001)),
    ModelFailed("parser@1", 1, "reply_incomplete", 1),
    ModelDelayed("parser@1", 1, "rate_limited", "slow down", 2.5),
    EndpointChanged("deepseek", EndpointState.THROTTLED, "slow down", "rate_limited", 20.0),
    ModelReplied(
        "parser@1", 1, _REPLY, 0.25, 1.5, 2, 0.001, spent=Spent(1, 2, _REPLY.usage, 0.001), endpoint="deepseek"
    ),
    ToolCalled("parser@1", 1, 0, "read_file"),
    ToolReturned("parser@1", 1, 0, "\x1flooks like a marker", failed=False, seconds=0.01),
    WorkspaceSnapshotted("parser@1", 1, "7e" * 20),
    AgentNudged("parser@1", 2, "Use a tool. \ud800", "repeated"),
    PersonWanted("parser", "the agent was stuck"),
    PlanApproved(3, "ask-2"),
    TellRequested("The grammar has changed.", "01780000000250000-0a1b2c3d", "parser"),
    AgentTold("parser@1", 2, "A message: the grammar has changed.", "01780000000250000-0a1b2c3d"),
    SummaryCalled("parser@1", 2, Reservation(1_000, 1_500, None, 500)),
    ConversationCompacted("parser@1", 2, (3,), 2, 6, "Read the lexer.", Spent(1, 1), 5, 1_200),
    AttemptHandedIn("parser@1", 3, Handoff("done", ("used a table",), ("slow",), ("src/parser.py",), "c1" * 20)),
    VerdictGiven("parser@1", 3, _VERDICT),
    IntegrationConflicted("parser@1", "c2" * 20, "7f" * 20, ("src/parser.py",)),
    CancelRequested("parser", "01780000000250000-4d5e6f70"),
    PauseRequested("paused by a person", "01780000000250000-8a9b0c1d"),
    ReplanAsked("replan-1", "plan", ReplanCause.FAILURE, "parser failed", ("parser",)),
    PlanPatched(2, "plan", PlanPatch(revision=1, reason="the lexer is missing", change=(_SUBTASK,)), "replan-1@1"),
    PatchRefused("replan-1@1", 1, "parser has ended"),
    IntegrationStarted("parser@1", "c1" * 20, "c2" * 20),
    Integrated("parser@1", "c2" * 20, "c3" * 20),
    HeadChecked("c3" * 20, _VERDICT),
    RemovalStarted("parser@1", "c3" * 20, "c4" * 20, "pytest -q", "it fails"),
    ChangeRemoved("parser@1", "c4" * 20, "c5" * 20, "pytest -q", "it fails"),
    ChangeKept("parser@1", "pytest -q", "it fails", "others built on it"),
    AttemptEnded("parser@1", AttemptOutcome.INTEGRATED),
    SubtaskEnded("parser", SubtaskOutcome.DONE),
    SubtaskHandedBack(Subtask(id="docs", instruction="Split me", kind=SubtaskKind.PLAN), "docs@1"),
    RunPaused(PauseReason.LIMIT, "no tokens left", "limit_reached"),
    RunParked("no credit is left", "quota_exhausted", 2, 60.0),
    RunWoken(3),
    RunChecked("c3" * 20, _VERDICT),
    BaselineChecked("c3" * 20, _VERDICT.checks, whole=False),
    JudgeStarted("parser@1#12.judge@2", "parser", "parser@1", 2, 3, "c3" * 20),
    HiddenFilesRecorded((HiddenFile("tests/verify.sh", "ZXhpdCAwCg=="),)),
    RunEnded(RunOutcome.DONE, "all checks pass", "c3" * 20),
    RunForked("copy", "swarm/copy", "golden", 12, "/repo"),
    RunImported("copy", "swarm/copy", "/elsewhere", "golden", "host-b"),
    RunMoved("/media/golden.tar"),
)

_FRAGMENTS = st.one_of(
    st.text(max_size=20),
    st.text(st.characters(exclude_categories=()), max_size=20),
    st.sampled_from(["\x1f", "\x1f" + "0" * 64, "\ud800", '"\\u001f', "\\", "x" * 3_000, "é" * 2_048]),
)
TEXTS = st.lists(_FRAGMENTS, max_size=3).map("".join)
_PLAIN = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
_IDS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,20}", fullmatch=True)
_PLAIN_TUPLES = st.lists(_PLAIN, max_size=3).map(tuple)
_KEYS = _PLAIN | st.sampled_from(["\x1f", "\x1f" + "0" * 64, "k" * 3_000])
_INSTRUCTIONS = st.one_of(_PLAIN, st.just("\x1f"), st.just("\x1f" + "long " * 800)).filter(bool)

_FIXED: Mapping[Any, st.SearchStrategy[Any]] = {
    Limits: st.builds(Limits, workers=st.integers(1, 10_000), max_time_s=st.none() | st.floats(1, 1e9)),
    Subtask: st.builds(
        Subtask, id=_IDS, instruction=_INSTRUCTIONS, title=_PLAIN | st.just("\x1f" * 300), depends_on=_PLAIN_TUPLES
    ),
    PlanPatch: st.builds(PlanPatch, revision=st.integers(0, 9), reason=_PLAIN),
    Task: st.builds(Task, instruction=_INSTRUCTIONS, repository=_PLAIN, checks=_PLAIN_TUPLES, limits=st.just(Limits())),
    str: TEXTS,
    int: st.integers(),
    float: st.floats(allow_nan=False),
    bool: st.booleans(),
    type(None): st.none(),
}


def any_of(shape: Any) -> st.SearchStrategy[Any]:
    """Return a strategy for values of an annotation."""
    if shape in _FIXED:
        return _FIXED[shape]
    if get_origin(shape) is tuple:
        return st.lists(any_of(get_args(shape)[0]), max_size=3).map(tuple)
    if get_origin(shape) is dict:
        return st.dictionaries(_KEYS, any_of(get_args(shape)[1]), max_size=3)
    if get_origin(shape) in (types.UnionType, Union):
        return st.one_of([any_of(part) for part in get_args(shape)])
    if issubclass(shape, StrEnum):
        return st.sampled_from(shape)
    hints = get_type_hints(shape)
    return st.builds(shape, **{field.name: any_of(hints[field.name]) for field in dataclasses.fields(shape)})


EVENTS: st.SearchStrategy[Event] = st.one_of([any_of(kind) for kind in EVENT_TYPES.values()])
