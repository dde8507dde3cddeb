"""What must be true when a simulated run has ended, whatever happened to it on the way."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from swarm.core.branch_facts import ChangeKept, ChangeRemoved, RemovalStarted
from swarm.core.events import (
    AttemptEnded,
    AttemptHandedIn,
    AttemptOutcome,
    AttemptStarted,
    Event,
    Integrated,
    IntegrationStarted,
    ModelCalled,
    ModelReplied,
    PlanExtended,
    Recorded,
    RunEnded,
    RunOutcome,
    SubtaskEnded,
    SubtaskOutcome,
    ToolReturned,
    VerdictGiven,
    subtask_of,
)
from swarm.core.node import ACCEPTED, ENDED, SubtaskState
from swarm.core.scheduler import Scheduler
from swarm.core.state import RunState
from swarm.core.steering import CancelRequested
from swarm.testing.simulation.commands import OF_THE_RUN, POISON, execute, missing_work
from swarm.testing.simulation.objects import MARKERS, Objects, lines_of
from swarm.testing.simulation.world import World


def wrong_in(world: World, driven_s: float) -> list[str]:
    """Return everything that is wrong with a run that has ended, in words.

    ``driven_s`` is for how many seconds processes have driven it.
    """
    recorded = world.facts.recorded
    state = Scheduler.restore(recorded).state
    events = [entry.event for entry in recorded]
    return [
        *_not_once(events, state),
        *_not_dead(events),
        *_during_removals(events),
        *_of_two(events),
        *_lost(events, world.objects),
        *_false(state, world),
        *_out_of_order(recorded),
        *_mistimed(state, driven_s),
    ]


def _not_once(events: Sequence[Event], state: RunState) -> Iterator[str]:
    """What must happen exactly once."""
    kinds: tuple[tuple[str, list[object]], ...] = (
        ("attempts started", [event.attempt_id for event in events if isinstance(event, AttemptStarted)]),
        ("attempts ended", [event.attempt_id for event in events if isinstance(event, AttemptEnded)]),
        ("subtasks ended", list(_ends(events))),
        ("replies", [(event.attempt_id, event.step) for event in events if isinstance(event, ModelReplied)]),
        (
            "tool results",
            [(event.attempt_id, event.step, event.index) for event in events if isinstance(event, ToolReturned)],
        ),
        ("integrations", [event.attempt_id for event in events if isinstance(event, Integrated)]),
        ("ends of the run", ["the run" for event in events if isinstance(event, RunEnded)]),
    )
    for what, keys in kinds:
        yield from (f"{key} is {count} times among the {what}" for key, count in Counter(keys).items() if count > 1)
    found = dict(kinds)
    if sorted(map(str, found["attempts started"])) != sorted(map(str, found["attempts ended"])):
        yield "not every attempt that was started has ended"
    if set(_ends(events)) != state.nodes.keys():
        yield "not every subtask has ended"
    asked = {(event.attempt_id, event.step) for event in events if isinstance(event, ModelCalled)}
    if not asked.issuperset(found["replies"]):
        yield "there is a reply that nobody is recorded to have asked for"


def _ends(events: Sequence[Event]) -> Iterator[str]:
    """The subtasks that ended, but for ends that a removal has taken back."""
    parents: dict[str, str] = {}
    done: dict[str, bool] = {}
    ends: list[str] = []
    for event in events:
        if isinstance(event, PlanExtended):
            parents.update((subtask.id, event.parent_id) for subtask in event.subtasks)
        elif isinstance(event, SubtaskEnded):
            ends.append(event.subtask_id)
            done[event.subtask_id] = event.outcome in (SubtaskOutcome.DONE, SubtaskOutcome.UNVERIFIED)
        elif isinstance(event, ChangeRemoved):
            name = subtask_of(event)
            while done.pop(name, False):
                ends.remove(name)
                name = parents[name]
    return iter(ends)


def _during_removals(events: Sequence[Event]) -> Iterator[str]:
    """Nothing starts from a change that is just being taken out, and each of them is taken out once."""
    removing, removed = "", Counter[str]()
    for event in events:
        if isinstance(event, RemovalStarted):
            removing = event.attempt_id
        elif isinstance(event, ChangeRemoved | ChangeKept):
            removing = ""
            removed[event.attempt_id] += isinstance(event, ChangeRemoved)
        elif isinstance(event, AttemptStarted) and removing:
            yield f"{event.attempt_id} was started while {removing} was taken out"
    yield from (f"{name} was taken out {count} times" for name, count in removed.items() if count > 1)


def _of_two(events: Sequence[Event]) -> Iterator[str]:
    """Two attempts are at work on a subtask only when one is a hedge, once for each; what is accepted first counts."""
    races: dict[str, _Race] = {}
    for event in events:
        race = races.setdefault(subtask_of(event), _Race())
        match event:
            case AttemptStarted():
                yield from race.started(event)
            case VerdictGiven(attempt_id=name, verdict=verdict) if verdict.accepted and name in race.at_work:
                race.first = race.first or name
            case IntegrationStarted(attempt_id=name) if name != race.first:
                yield f"{name} is merged, but {race.first or 'nothing'} was accepted first"
            case AttemptEnded():
                yield from race.ended(event)


@dataclass(slots=True)
class _Race:
    """The attempts that are at work on a subtask, and which of them was accepted first."""

    at_work: list[str] = field(default_factory=list)
    first: str = ""
    hedges: int = 0

    def started(self, event: AttemptStarted) -> Iterator[str]:
        if self.at_work != ([event.hedge.straggler] if event.hedge else []):
            yield f"{event.attempt_id} was started beside {', '.join(self.at_work) or 'nothing'}"
        self.at_work.append(event.attempt_id)
        self.hedges += event.hedge is not None
        if self.hedges > 1:
            yield f"{event.attempt_id} is one hedge too many"

    def ended(self, event: AttemptEnded) -> Iterator[str]:
        if event.outcome is AttemptOutcome.OUTRUN and self.first in ("", event.attempt_id):
            yield f"{event.attempt_id} was outrun by nothing"
        if event.attempt_id in self.at_work:
            self.at_work.remove(event.attempt_id)
        self.first = "" if self.first == event.attempt_id else self.first


def _not_dead(events: Sequence[Event]) -> Iterator[str]:
    """What is cancelled starts nothing any more."""
    dead: set[str] = set()
    for event in events:
        if isinstance(event, SubtaskEnded | CancelRequested):
            dead.add(event.subtask_id)
        elif isinstance(event, ChangeRemoved):
            dead.discard(subtask_of(event))
        elif isinstance(event, AttemptStarted) and event.subtask_id in dead:
            yield f"{event.attempt_id} was started after its subtask had ended or was cancelled"


def _lost(events: Sequence[Event], objects: Objects) -> Iterator[str]:
    """Whatever was integrated is in the final files, once; nothing else was merged."""
    files = objects.files_of(objects.branch)
    ended = [event for event in events if isinstance(event, RunEnded)]
    if not ended or ended[-1].head != objects.branch:
        yield "the run's recorded head is not where its branch is"
    commits = {event.attempt_id: event.handoff.commit for event in events if isinstance(event, AttemptHandedIn)}
    integrated = [commits[event.attempt_id] for event in events if isinstance(event, Integrated)]
    removed = {commits[event.attempt_id] for event in events if isinstance(event, ChangeRemoved)}
    merged = objects.history()
    if len(merged) != len(set(merged)) or not set(merged) <= set(integrated):
        yield "the branch holds a merge that is not recorded, or holds one twice"
    for commit in (commit for commit in integrated if commit not in removed):
        base = objects.commits[commit].parents[0]
        for path in objects.changed_paths(base, commit):
            before, after = lines_of(objects.files_of(base).get(path)), lines_of(objects.files_of(commit).get(path))
            for line in after:
                if line not in before and line not in MARKERS and not line.startswith(POISON):
                    count = lines_of(files.get(path)).count(line)
                    if count != 1:
                        yield f"{path} holds {line.decode()!r} of an integrated commit {count} times"


def _false(state: RunState, world: World) -> Iterator[str]:
    """What the run says of itself must be so."""
    assert state.task is not None
    files = dict(world.objects.files_of(state.head))
    for name, node in state.nodes.items():
        if node.state is SubtaskState.DONE and node.handoff:
            for check in node.subtask.checks:
                if check not in OF_THE_RUN and execute(check, dict(files), glue=world.glue)[0] != 0:
                    yield f"{name} is done, but {check!r} fails on the branch"
            if node.subtask.rubric and missing_work(files, name, ()):
                yield f"{name} is done, but does not meet its rubric on the branch"
        if node.state not in ENDED:
            yield f"{name} is {node.state} in a run that has ended"
    if state.ended is None:
        yield "the run has no recorded end"
        return
    expected = _expected_outcome(state, world)
    if state.ended.outcome is not expected:
        yield f"the run has ended as {state.ended.outcome}, but should as {expected}"


def _expected_outcome(state: RunState, world: World) -> RunOutcome:
    assert state.task is not None
    states = {node.state for node in state.nodes.values() if node.counts}
    if state.cancelled:
        return RunOutcome.CANCELLED
    if not states <= ACCEPTED:
        return RunOutcome.FAILED
    if state.task.checks:
        files = dict(world.objects.files_of(state.head))
        failed = any(execute(check, files, glue=world.glue)[0] for check in state.task.checks)
        return RunOutcome.FAILED if failed else RunOutcome.DONE
    return RunOutcome.UNVERIFIED if SubtaskState.UNVERIFIED in states else RunOutcome.DONE


def _out_of_order(recorded: Sequence[Recorded]) -> Iterator[str]:
    """The journal's order is that of its sequence numbers, whatever the clock showed."""
    if [entry.seq for entry in recorded] != list(range(1, len(recorded) + 1)):
        yield "the sequence numbers have a gap"


def _mistimed(state: RunState, driven_s: float) -> Iterator[str]:
    """Neither a clock that was set nor a machine that slept counts as work."""
    if not 0 <= state.active_s <= driven_s + 1:
        yield f"the run says that it worked for {state.active_s:.0f} s, but it did for {driven_s:.0f} s"
