"""Plans, subtasks and attempts as text. What others said stands in it as it is; the printer neutralises it."""

from collections.abc import Iterator

from swarm.core.checking import ending_in_words
from swarm.core.figures import cost, duration
from swarm.core.messages import CheckResult, Handoff, Verdict
from swarm.core.parts import AttemptView, SubtaskView
from swarm.core.plan_graph import layers
from swarm.core.story import AttemptStory, CallStory, StepStory
from swarm.core.views import RunView
from swarm.core.wording import brief_call, in_words, one_line, tokens_in_words, verdict_in_words
from swarm.text import trim_middle

SHORT = 1200
INDENT = "    "


def plan_lines(view: RunView) -> Iterator[str]:
    """Yield the plan, layer by layer: everything in one layer can run at the same time."""
    goal = view.task.instruction if view.task else ""
    yield f"{view.run_id}  {view.status}  {one_line(goal)}"
    for number, layer in enumerate(layers(subtask.spec for subtask in view.subtasks.values()), start=1):
        yield f"layer {number}: {len(layer)} subtask{'' if len(layer) == 1 else 's'}"
        for identifier in layer:
            yield f"  {_plan_line(view.subtasks[identifier])}"
    yield from _said_lines("", view)


def _plan_line(subtask: SubtaskView) -> str:
    spec = subtask.spec
    after = f"  after {', '.join(spec.depends_on)}" if spec.depends_on else ""
    tries = f"  {len(subtask.attempts)} attempts" if len(subtask.attempts) > 1 else ""
    below = f"  below {subtask.parent_id}" if subtask.parent_id else ""
    return f"{spec.id:<24} {subtask.status:<11} {one_line(spec.title, 60)}{after}{below}{tries}"


def _said_lines(subtask_id: str, view: RunView) -> Iterator[str]:
    to = "" if subtask_id else " to all agents"
    for message in view.told:
        if message.subtask_id == subtask_id:
            yield f"said by a person{to}: {message.text}"


def subtask_lines(view: RunView, subtask: SubtaskView, *, full: bool) -> Iterator[str]:
    """Yield what a subtask is, and where it stands."""
    spec = subtask.spec
    why = f": {subtask.reason}" if subtask.reason else ""
    yield f"{spec.id}  {subtask.status}{why}"
    if spec.title:
        yield f"title: {spec.title}"
    yield f"kind: {spec.kind}, role: {spec.role}"
    for name, values in (("depends on", spec.depends_on), ("checks", spec.checks), ("writes", spec.writes)):
        if values:
            yield f"{name}: {', '.join(values)}"
    if subtask.children:
        yield f"parts: {', '.join(subtask.children)}"
    if subtask.merge is not None:
        yield f"merged: {subtask.merge.previous_head[:12]}..{subtask.merge.head[:12]}"
    yield from _said_lines(spec.id, view)
    yield "instruction:"
    yield _indented(spec.instruction, full=full)


def attempt_lines(attempt: AttemptView, story: AttemptStory, driven_s: float, *, full: bool) -> Iterator[str]:
    """Yield an attempt step by step."""
    ended = in_words(attempt.outcome) if attempt.outcome else "goes on"
    why = f": {one_line(attempt.reason)}" if attempt.reason else ""
    yield ""
    yield f"== {attempt.id}  {ended}{why}"
    yield (
        f"{attempt.steps} steps, {duration(attempt.seconds(driven_s))}, "
        f"{tokens_in_words(attempt.spent.usage)}, {cost(attempt.spent)}"
    )
    if attempt.hedge:
        yield attempt.hedge.in_words()
    if attempt.feedback:
        yield "told about the attempt before:"
        yield _indented(attempt.feedback, full=full)
    if full:
        for message in story.opening:
            yield f"{message.role}:"
            yield _indented(message.content, full=True)
    for told in story.told:
        yield from _told_lines(told, full=full)
    for step in story.steps.values():
        yield from _step_lines(step, full=full)
    if story.conflict is not None:
        yield f"conflict with {story.conflict.head[:12]} in {', '.join(story.conflict.paths)}"
    if story.integrated is not None:
        yield f"merged as {story.integrated.head[:12]}"


def _step_lines(step: StepStory, *, full: bool) -> Iterator[str]:
    yield ""
    asked = f", asked {step.asked} times" if step.asked > 1 else ""
    size = f"{step.prompt_messages} messages, {step.prompt_characters:,} characters"
    yield f"-- step {step.number}  {step.model}  prompt: {size}{asked}"
    for delay in step.delays:
        yield f"waited {delay.wait_s:.1f} s ({delay.code}): {one_line(delay.message)}"
    if step.reply is None:
        yield "no reply yet"
    else:
        yield from _reply_lines(step, full=full)
    for call in step.calls:
        yield from _call_lines(call, full=full)
    for told in step.told:
        yield from _told_lines(told, full=full)
    if step.handoff is not None:
        yield from _handoff_lines(step.handoff)
    if step.verdict is not None:
        yield from _verdict_lines(step.verdict, full=full)


def _told_lines(told: str, *, full: bool) -> Iterator[str]:
    yield "told:"
    yield _indented(told, full=full)


def _reply_lines(step: StepStory, *, full: bool) -> Iterator[str]:
    reply = step.reply
    assert reply is not None
    tries = f", {step.tries} tries" if step.tries > 1 else ""
    times = f"in {step.seconds:.1f} s (first token {step.first_token_s:.1f} s{tries})"
    if step.adopted:
        times = "received before the process died, not asked for again"
    yield f"reply {times}: {tokens_in_words(reply.usage)}"
    if reply.reasoning:
        yield "reasoning:"
        yield _indented(reply.reasoning, full=full)
    if reply.content:
        yield _indented(reply.content, full=full)


ENDING_CALLS = ("finish", "split", "give_up")
"""Calls that end an attempt when they are accepted, so that nothing is left to answer them."""


def _call_lines(call: CallStory, *, full: bool) -> Iterator[str]:
    yield f"> {call.call.name if full else brief_call(call.call.name, call.call.arguments)}"
    if full:
        yield _indented(call.call.arguments, full=True)
    if call.result is None:
        if call.call.name not in ENDING_CALLS:
            yield f"{INDENT}no result yet"
        return
    yield f"{INDENT}{'failed' if call.failed else 'returned'} after {call.seconds:.1f} s:"
    yield _indented(call.result, full=full)


def _handoff_lines(handoff: Handoff) -> Iterator[str]:
    yield f"hands in {handoff.commit[:12] or 'no changes'}: {handoff.summary}"
    for title, values in (
        ("changed", handoff.files_changed),
        ("decided", handoff.decisions),
        ("not sure", handoff.concerns),
    ):
        for value in values:
            yield f"{INDENT}{title}: {value}"


def _verdict_lines(verdict: Verdict, *, full: bool) -> Iterator[str]:
    yield verdict_in_words(verdict)
    for result in verdict.checks:
        yield f"{INDENT}{_check_line(result)}"
        if result.output and (full or not result.passed):
            yield _indented(result.output, full=full)

    for said in verdict.judgements:
        score = "" if said.score is None else f", score {said.score:g}"
        yield f"{INDENT}judge {said.judge_id} ({said.model}): {said.vote}{score}"
        for reason in said.reasons:
            yield f"{INDENT}{INDENT}{reason}"
    for title, paths in (
        ("changed tests that a check names", verdict.touched_tests),
        ("changed settings of tests, hooks or builds", verdict.touched_settings),
    ):
        for path in paths:
            yield f"{INDENT}{title}: {path}"


def _check_line(result: CheckResult) -> str:
    flaky = " when run again: flaky" if result.flaky else ""
    where = "".join(
        (
            f", on {result.commit[:12]}" if result.commit else "",
            f", sandbox {result.sandbox}" if result.sandbox else "",
            ", with hidden files" if result.hidden else "",
        )
    )
    ended = ending_in_words(result)
    return f"{result.command}: {ended}{flaky}, {result.seconds:.1f} s{where}, sha256 {result.output_digest[:16]}"


def _indented(text: str, *, full: bool) -> str:
    shown = text if full else trim_middle(text, SHORT)
    return "\n".join(INDENT + line for line in shown.rstrip("\n").split("\n"))
