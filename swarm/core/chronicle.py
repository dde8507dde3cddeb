"""Everything that ever happened to one subtask or attempt, in order and in words.

The lines say more than :func:`swarm.core.wording.describe` can of one event alone: how large a prompt was, what a tool
was called with, whether a call was begun again. They come from folding the same events into :class:`AttemptStory`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from swarm.core.events import (
    AttemptEnded,
    AttemptHandedIn,
    AttemptOpened,
    AttemptStarted,
    Event,
    ModelCalled,
    ModelReplied,
    PlanExtended,
    PlanPatched,
    Recorded,
    SubtaskEnded,
    ToolCalled,
    ToolReturned,
    VerdictGiven,
    attempt_of,
    subtask_of,
)
from swarm.core.messages import Handoff, Reply, ToolCall, Verdict
from swarm.core.plan import Subtask
from swarm.core.story import AttemptStory
from swarm.core.wording import brief_call, describe, one_line


@dataclass(frozen=True, slots=True)
class Entry:
    """One event of the story.

    Attributes:
        recorded: the event.
        text: what happened, on one line.
        details: short lines below it: checks with their outcome, files, decisions.
        body: what was said in full: a prompt, a reply, a result; empty for most events.
    """

    recorded: Recorded
    text: str
    details: tuple[str, ...] = ()
    body: str = ""


def chronicle(events: Iterable[Recorded], what: str) -> Iterator[Entry]:
    """Yield the story of a subtask or attempt from its events and the run's own, in order.

    It begins where the subtask joins the plan or the attempt starts, and ends with the last event that is its own.
    Until then, what happens to the whole run (a pause, a process that takes it over) is part of it, and for an attempt
    what happens to its subtask. Events of other subtasks and attempts are passed over.
    """
    stories: dict[str, AttemptStory] = {}
    held: list[Entry] = []
    begun = ended = False
    for recorded in events:
        own = _is_own(recorded.event, what)
        begun = begun or own
        if not begun or not (own or _is_shared(recorded.event, what)):
            continue
        entry = _told(recorded, stories, what)
        if ended and not own:
            held.append(entry)
            continue
        yield from held
        held.clear()
        yield entry
        ended = ended or _ends(recorded.event, what)


def _is_own(event: Event, what: str) -> bool:
    if what in _planned_by(event):
        return True
    return what in (attempt_of(event), subtask_of(event))


def _planned_by(event: Event) -> set[str]:
    """Return the subtasks that joined the plan, were worded anew or dropped by this event."""
    if isinstance(event, PlanExtended):
        return {subtask.id for subtask in event.subtasks}
    if isinstance(event, PlanPatched):
        patch = event.patch
        dropped = {entry.id for entry in patch.drop}
        return dropped.union(subtask.id for subtask in (*patch.add, *patch.change))
    return set()


def _is_shared(event: Event, what: str) -> bool:
    if isinstance(event, PlanExtended) or attempt_of(event):
        return False
    return subtask_of(event) in ("", what.rpartition("@")[0])


def _ends(event: Event, what: str) -> bool:
    match event:
        case AttemptEnded():
            return event.attempt_id == what
        case SubtaskEnded():
            return event.subtask_id == what
        case _:
            return False


def _told(recorded: Recorded, stories: dict[str, AttemptStory], what: str) -> Entry:
    attempt = attempt_of(recorded.event)
    if not attempt:
        return _entry(recorded, None, what)
    story = stories.setdefault(attempt, AttemptStory(attempt))
    story.apply(recorded)
    return _entry(recorded, story, what)


def _entry(recorded: Recorded, story: AttemptStory | None, what: str) -> Entry:
    event = recorded.event
    match event:
        case PlanExtended():
            joined = next((subtask for subtask in event.subtasks if subtask.id == what), None)
            if joined is not None:
                return Entry(recorded, f"joins the plan (revision {event.revision})", _spec(joined), joined.instruction)
        case PlanPatched():
            given = next((each for each in (*event.patch.add, *event.patch.change) if each.id == what), None)
            if given is not None:
                return Entry(recorded, describe(event), _spec(given), given.instruction)
        case AttemptStarted():
            start = f"the files of tree {event.tree[:12]}" if event.tree else event.base_commit[:12]
            return Entry(recorded, f"{describe(event)} (from {start})", body=event.feedback)
        case AttemptOpened():
            size = sum(len(message.content) for message in event.messages)
            body = "\n\n".join(f"[{message.role}]\n{message.content}" for message in event.messages)
            return Entry(recorded, f"{describe(event)}, {size:,} characters", body=body)
        case AttemptHandedIn():
            return Entry(recorded, describe(event), _handoff(event.handoff), event.handoff.summary)
        case VerdictGiven():
            return _verdict_entry(recorded, event.verdict)
        case _ if story is not None:
            return _step_entry(recorded, story)
    return Entry(recorded, describe(event))


def _step_entry(recorded: Recorded, story: AttemptStory) -> Entry:
    event = recorded.event
    match event:
        case ModelCalled():
            step = story.steps[event.step]
            again = f", time {step.asked}: the call before was cut off" if step.asked > 1 else ""
            size = f"{step.prompt_messages} messages, {step.prompt_characters:,} characters"
            return Entry(recorded, f"{describe(event)} with a prompt of {size}{again}")
        case ModelReplied():
            said = one_line(event.reply.content)
            details = (f"said: {said}",) if said and event.reply.tool_calls else ()
            return Entry(recorded, describe(event), details, _spoken(event.reply))
        case ToolCalled():
            call = _call(story, event.step, event.index)
            words = brief_call(call.name, call.arguments) if call else event.name
            return Entry(recorded, f"step {event.step}: calls {words}")
        case ToolReturned():
            call = _call(story, event.step, event.index)
            details = (f"of {brief_call(call.name, call.arguments)}",) if call else ()
            return Entry(recorded, describe(event), details, event.content)
        case _:
            return Entry(recorded, describe(event))


def _spec(subtask: Subtask) -> tuple[str, ...]:
    named = (("title", (subtask.title,)), ("depends on", subtask.depends_on), ("checks", subtask.checks))
    return tuple(f"{name}: {', '.join(values)}" for name, values in named if any(values))


def _spoken(reply: Reply) -> str:
    said = [("reasoning", reply.reasoning), ("content", reply.content)]
    said.extend((call.name, call.arguments) for call in reply.tool_calls)
    return "\n\n".join(f"[{name}]\n{text}" for name, text in said if text)


def _handoff(handoff: Handoff) -> tuple[str, ...]:
    named = (("changed", handoff.files_changed), ("decided", handoff.decisions), ("not sure", handoff.concerns))
    commit = f"commit {handoff.commit}" if handoff.commit else "no file changed"
    return (commit, *(f"{name}: {one_line(value)}" for name, values in named for value in values))


def _verdict_entry(recorded: Recorded, verdict: Verdict) -> Entry:
    checks = []
    for check in verdict.checks:
        ended = "stopped at its time limit" if check.exit_code is None else f"exit code {check.exit_code}"
        checks.append(f"{one_line(check.command)}: {ended}, {check.seconds:.1f} s")
    body = "\n".join(check.output for check in verdict.checks if check.output)
    return Entry(recorded, describe(recorded.event), tuple(checks), body)


def _call(story: AttemptStory, number: int, index: int) -> ToolCall | None:
    step = story.steps.get(number)
    return step.calls[index].call if step is not None and 0 <= index < len(step.calls) else None
