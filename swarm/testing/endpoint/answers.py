"""What the model answers: a pure function of the scenario and the request."""

import fnmatch
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from swarm.errors import ScenarioError
from swarm.testing.endpoint.request import CallIdentity, ChatRequest, Refused
from swarm.testing.endpoint.scenario import Answer, Scenario, ScriptedCall, ScriptedStep
from swarm.testing.endpoint.seeded import draw, fingerprint

_PLACEHOLDER = re.compile(r"\{(id|title|file|check)\}")


@dataclass(frozen=True, slots=True)
class CompletionCall:
    """One tool call of a completion; ``arguments`` is JSON text."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Completion:
    """What the model says to one request."""

    content: str = ""
    reasoning: str = ""
    calls: tuple[CompletionCall, ...] = ()
    finish_reason: str = "stop"


class _PlannedSubtask(BaseModel):
    """The part of a plan's subtask that a scenario uses; a plan for a test may be wrong everywhere else."""

    model_config = ConfigDict(extra="ignore")

    id: str
    title: str = ""
    writes: list[str] = Field(default_factory=list)
    checks: list[str] = Field(default_factory=list)


class _PlanOutline(BaseModel):
    model_config = ConfigDict(extra="ignore")

    subtasks: list[_PlannedSubtask]


def plan_variables(scenario: Scenario) -> dict[str, dict[str, str]]:
    """Return the values of the placeholders for each subtask of the scenario's plan.

    Raises:
        ScenarioError: the plan is not among the scenario's files, or is not a list of subtasks.
    """
    if scenario.plan is None:
        return {}
    if scenario.plan not in scenario.files:
        raise ScenarioError(f"plan: there is no file {scenario.plan!r}", hint="Add it to `files`.")
    try:
        outline = _PlanOutline.model_validate_json(scenario.files[scenario.plan])
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ScenarioError(
            f"plan file {scenario.plan}: {place + ': ' if place else ''}{first['msg']}",
            hint='A plan is JSON: {"subtasks": [{"id": "...", ...}]}.',
        ) from None
    return {subtask.id: _variables(subtask) for subtask in outline.subtasks}


def _variables(subtask: _PlannedSubtask) -> dict[str, str]:
    values = {"id": subtask.id, "title": subtask.title}
    if subtask.writes:
        values["file"] = subtask.writes[0]
    if subtask.checks:
        values["check"] = subtask.checks[0]
    return values


class Script:
    """A scenario, ready to answer.

    Raises:
        ScenarioError: the scenario's plan cannot be used.
    """

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._plan = plan_variables(scenario)

    def complete(self, request: ChatRequest) -> Completion:
        """Return the model's answer.

        Raises:
            Refused: no answer is written for the subtask, or the answer uses what the scenario does not have.
        """
        identity = request.identity
        answer = self._choose(identity)
        step = answer.steps[min(identity.step, len(answer.steps) - 1)]
        try:
            return self._say(step, request)
        except ScenarioError as error:
            place = f"subtask {identity.subtask!r}, step {identity.step}"
            raise Refused(400, f"The scenario cannot answer {place}: {error.message}.", code="no_answer") from None

    def files_needed(self) -> Iterator[tuple[str, str]]:
        """Yield each file that an answer uses, with the place in the scenario that names it.

        Answers are followed for each subtask of the plan, so that a missing file or value shows at the start.

        Raises:
            ScenarioError: an answer for a subtask of the plan uses a placeholder that the plan gives no value.
        """
        for number, answer in enumerate(self._scenario.answers):
            for position, step in enumerate(answer.steps):
                place = f"answers.{number}.steps.{position}"
                if isinstance(step.plan, str):
                    yield f"{place}.plan", step.plan
                for call in step.tool_calls():
                    if call.content_from is not None and not _PLACEHOLDER.search(call.content_from):
                        yield f"{place}.content_from", call.content_from
        for subtask in self._plan:
            yield from self._files_of(subtask)

    def _files_of(self, subtask: str) -> Iterator[tuple[str, str]]:
        for number, answer in enumerate(self._scenario.answers):
            if not fnmatch.fnmatchcase(subtask, answer.subtask):
                continue
            for position, step in enumerate(answer.steps):
                place = f"answers.{number}.steps.{position}"
                for call in step.tool_calls():
                    self._fill(call.arguments, subtask, place)
                    if call.content_from is not None:
                        yield f"{place}.content_from", self._fill(call.content_from, subtask, place)
            if answer.share is None and answer.attempt is None:
                return

    def _choose(self, identity: CallIdentity) -> Answer:
        for number, answer in enumerate(self._scenario.answers):
            if not fnmatch.fnmatchcase(identity.subtask, answer.subtask):
                continue
            if answer.attempt is not None and answer.attempt != identity.attempt:
                continue
            lot = draw(self._scenario.seed, "answer", number, identity.subtask)
            if answer.share is None or lot < answer.share:
                return answer
        raise Refused(
            400,
            f"The scenario has no answer for subtask {identity.subtask!r}, attempt {identity.attempt}.",
            code="no_answer",
            param="messages",
        )

    def _say(self, step: ScriptedStep, request: ChatRequest) -> Completion:
        if step.plan is not None:
            return self._say_plan(step, request)
        subtask = request.identity.subtask
        text, reasoning = (str(self._fill(said, subtask)) for said in (step.text, step.reasoning))
        if step.json_content is not None:
            return Completion(_compact(self._fill(step.json_content, subtask)), reasoning)
        calls = [self._call(call, subtask) for call in step.tool_calls()]
        if not calls:
            return Completion(text, reasoning)
        return _say_calls(calls, text, reasoning, request, self._scenario.seed)

    def _say_plan(self, step: ScriptedStep, request: ChatRequest) -> Completion:
        plan = step.plan if isinstance(step.plan, dict) else json.loads(self._file(str(step.plan)))
        text = _compact(plan)
        if request.wants_json:
            return Completion(text, step.reasoning)
        if "submit_plan" in request.tools:
            return _native([("submit_plan", text)], step.text, step.reasoning, request, self._scenario.seed)
        return Completion(_fenced(step.text, text), step.reasoning)

    def _call(self, call: ScriptedCall, subtask: str) -> tuple[str, dict[str, Any]]:
        arguments = self._fill(call.arguments, subtask)
        if call.content_from is not None:
            arguments["content"] = self._file(self._fill(call.content_from, subtask))
        return call.tool, arguments

    def _file(self, name: str) -> str:
        if name not in self._scenario.files:
            raise ScenarioError(f"there is no file {name!r}")
        return self._scenario.files[name]

    def _fill(self, value: Any, subtask: str, place: str = "") -> Any:
        """Replace the placeholders in every string of a value. Without a plan only ``{id}`` is one."""
        if isinstance(value, str):
            return _PLACEHOLDER.sub(lambda match: self._value(match, subtask, place), value)
        if isinstance(value, Mapping):
            return {key: self._fill(item, subtask, place) for key, item in value.items()}
        if isinstance(value, list):
            return [self._fill(item, subtask, place) for item in value]
        return value

    def _value(self, match: re.Match[str], subtask: str, place: str) -> str:
        name = match[1]
        if name == "id":
            return subtask
        if self._scenario.plan is None:
            return match[0]
        value = self._plan.get(subtask, {}).get(name)
        if value is None:
            where = f"{place}: " if place else ""
            raise ScenarioError(
                f"{where}the plan gives {{{name}}} no value for subtask {subtask!r}",
                hint="{file} is the first of a subtask's `writes`, {check} the first of its `checks`.",
            )
        return value


def _say_calls(
    calls: list[tuple[str, dict[str, Any]]], text: str, reasoning: str, request: ChatRequest, seed: int
) -> Completion:
    if request.tools:
        return _native([(name, _compact(arguments)) for name, arguments in calls], text, reasoning, request, seed)
    # Without native calls a turn carries one action, so the first call stands for the step.
    name, arguments = calls[0]
    action = _compact({"tool": name, "arguments": arguments})
    return Completion(action if request.wants_json else _fenced(text, action), reasoning)


def _native(calls: list[tuple[str, str]], text: str, reasoning: str, request: ChatRequest, seed: int) -> Completion:
    key = request.identity.key
    made = tuple(
        CompletionCall(f"call_{fingerprint(seed, 'call', key, number)}", name, arguments)
        for number, (name, arguments) in enumerate(calls)
    )
    return Completion(text, reasoning, made, "tool_calls")


def _fenced(text: str, document: str) -> str:
    return f"{text}\n```json\n{document}\n```".lstrip("\n")


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
