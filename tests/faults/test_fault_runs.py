"""Faults that a whole run meets: real HTTP, git and SQLite; only the model is simulated."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from swarm import Endpoint, Limits, RunResult, Swarm, Task, conversation, opening, tool
from swarm.attempt import MAX_ALIKE
from swarm.core import breaker
from swarm.core.events import (
    AgentNudged,
    AttemptEnded,
    AttemptOutcome,
    Event,
    ModelDelayed,
    ModelReplied,
    NoteRecorded,
    PauseReason,
    RunOutcome,
    ToolReturned,
)
from swarm.core.plan import Plan
from swarm.core.prompts import CUT_OFF, FILTERED, NO_CALL
from swarm.journal.reader import JournalReader
from swarm.llm import retry
from swarm.protocols import ToolSpec
from swarm.testing.endpoint import Answer, Fault, SimulatedEndpoint, step
from tests.integration.projects import WRITE_IT, file_plan, file_scenario, make_repository, run_swarm
from tests.llm.llm_servers import error, event, response, serving, stream

KEY = "sk-test-0123456789abcdef"


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits for passing faults are a hundredth of what they are."""
    monkeypatch.setattr(retry, "_BACKOFF_BASE_S", 0.005)
    monkeypatch.setattr(retry, "_BUDGET_CONSTANT", 1_000)
    monkeypatch.setattr(breaker, "_FIRST_OPEN_S", 0.05)
    monkeypatch.setattr(breaker, "_LONGEST_OPEN_S", 0.05)
    monkeypatch.setattr(conversation, "FIRST_PATIENCE_STEP_S", 0.05)
    monkeypatch.setattr(conversation, "PATIENCE_STEP_S", 0.05)


@tool
def unwritable() -> str:
    """Nobody calls it."""
    return ""


UNWRITABLE = replace(unwritable, spec=ToolSpec("unwritable", "Its schema is no JSON.", {"type": object()}))


@asynccontextmanager
async def swarming(tmp_path: Path, base_url: str, key: str = "") -> AsyncIterator[Swarm]:
    endpoint = Endpoint(base_url, key, "m")
    async with Swarm(endpoint, home=tmp_path / "home", sandbox="none", parking=None) as swarm:
        yield swarm


async def carry_out(
    tmp_path: Path, base_url: str, plan: Plan, limits: Limits | None = None, key: str = ""
) -> tuple[RunResult, list[Event]]:
    repository = tmp_path / "repository"
    if not repository.exists():
        make_repository(repository)
    async with swarming(tmp_path, base_url, key) as swarm:
        task = Task(instruction="x", repository=str(repository), limits=limits or Limits())
        run = await swarm.submit(task, plan=plan, run_id="r")
        return await run.result(), recorded(tmp_path)


def recorded(tmp_path: Path) -> list[Event]:
    with JournalReader(tmp_path / "home" / "runs" / "r" / "journal.db") as reader:
        return [each.event for each in reader.events()]


async def meet(tmp_path: Path, *faults: Fault, count: int = 1, limits: Limits | None = None) -> "Met":
    plan = file_plan(count)
    async with SimulatedEndpoint(file_scenario(plan, faults=list(faults))) as simulated:
        result, events = await carry_out(tmp_path, simulated.base_url, plan, limits)
    return Met(result, events, simulated)


class Met:
    """A run that is over, and what it and its endpoint saw."""

    def __init__(self, result: RunResult, events: list[Event], simulated: SimulatedEndpoint) -> None:
        self.result = result
        self.events = events
        self.calls = simulated.ledger.calls

    def ends(self) -> list[AttemptOutcome]:
        return [event.outcome for event in self.events if isinstance(event, AttemptEnded)]

    def nudges(self) -> list[str]:
        return [event.content for event in self.events if isinstance(event, AgentNudged)]


# -- the endpoint refuses everybody --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        pytest.param("quota", "quota_exhausted", id="f04-quota"),
        pytest.param("unauthorized", "access_denied", id="f38-unauthorized"),
        pytest.param("not_found", "model_not_found", id="f39-not-found"),
    ],
)
async def test_f04_f38_f39_what_concerns_everybody_is_asked_once_and_pauses_the_run(
    tmp_path: Path, kind: str, code: str
) -> None:
    met = await meet(tmp_path, Fault(kind=kind, times=0), count=12)
    assert met.result.paused is not None
    assert met.result.paused.code == code
    assert len(met.calls) == 1
    assert met.ends() == []
    async with SimulatedEndpoint(file_scenario(file_plan(12))) as mended, swarming(tmp_path, mended.base_url) as swarm:
        result = await (await swarm.resume("r")).result()
    assert result.done
    assert all(len(subtask.attempts) == 1 for subtask in result.view.subtasks.values())


async def test_f38_two_hundred_agents_and_one_401_are_one_request(tmp_path: Path) -> None:
    met = await meet(tmp_path, Fault(kind="unauthorized", times=0), count=200, limits=Limits(workers=200))
    assert met.result.paused is not None
    assert met.result.paused.code == "access_denied"
    assert len(met.calls) == 1
    assert met.ends() == []


def test_f10_a_server_that_is_not_there_ends_the_command_at_once(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "repository")
    (tmp_path / "plan.json").write_text('{"subtasks": [{"id": "a", "instruction": "x"}]}')
    began = time.monotonic()
    done = run_swarm(
        *("run", "x", "--repo", str(repository), "--plan", str(tmp_path / "plan.json"), "--sandbox", "none"),
        *("--base-url", "http://127.0.0.1:9/v1", "--model", "m", "--run-id", "r"),
        home=tmp_path / "home",
    )
    assert done.returncode == 4
    assert "refused the connection" in done.stderr
    assert "swarm resume r" in done.stderr
    assert time.monotonic() - began < conversation.FIRST_PATIENCE_S / 2


async def test_f07_a_server_that_still_loads_its_model_is_waited_for(tmp_path: Path) -> None:
    """Sixteen refusals are more than one call is ever tried; the server answers, so it is worth waiting for."""
    met = await meet(tmp_path, Fault(kind="server_error", status=503, times=0, until_calls=16))
    assert met.result.done
    assert [call.status for call in met.calls[:17]] == [503] * 16 + [200]
    assert met.ends() == [AttemptOutcome.INTEGRATED]
    assert any(isinstance(event, ModelDelayed) for event in met.events)


async def test_f07_the_patience_with_a_first_answer_has_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversation, "FIRST_PATIENCE_S", 0.1)
    met = await meet(tmp_path, Fault(kind="server_error", status=503, times=0))
    assert met.result.paused is not None
    assert met.result.paused.code == "endpoint_unavailable"
    assert met.ends() == []


@pytest.mark.parametrize("after", [3, 9])
async def test_f42_an_endpoint_that_goes_away_pauses_the_run_and_a_resume_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    monkeypatch.setattr(opening, "PATIENCE_S", 0.2)
    met = await meet(tmp_path, Fault(kind="reset", times=0, after_calls=after), count=4)
    assert met.result.paused is not None
    assert met.result.paused.code == "endpoint_unavailable"
    delivered = {(call.subtask, call.step) for call in met.calls if call.outcome == "delivered"}
    async with SimulatedEndpoint(file_scenario(file_plan(4))) as back, swarming(tmp_path, back.base_url) as swarm:
        result = await (await swarm.resume("r")).result()
    assert result.done
    assert delivered.isdisjoint((call.subtask, call.step) for call in back.ledger.calls)
    assert all(len(subtask.attempts) == 1 for subtask in result.view.subtasks.values())


# -- replies that cannot be used -----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["disconnect", "reset", "server_error", "overloaded"])
async def test_f05_f08_f13_f18_f19_passing_faults_cost_no_attempt_and_leave_nothing_half(
    tmp_path: Path, kind: str
) -> None:
    fault = Fault(kind=kind, **({"retry_after_s": 0.01} if kind == "overloaded" else {}))
    met = await meet(tmp_path, fault, count=2)
    assert met.result.done
    assert met.ends() == [AttemptOutcome.INTEGRATED] * 2
    assert all(met.calls.count(call) == 1 for call in met.calls)
    # Half a call is neither carried out nor recorded: all that the journal holds are whole replies.
    replies = [event.reply for event in met.events if isinstance(event, ModelReplied)]
    assert len(replies) == 2 * len(WRITE_IT)
    assert all(call.arguments.endswith("}") for reply in replies for call in reply.tool_calls)
    assert not [event for event in met.events if isinstance(event, ToolReturned) and event.failed]
    lost = sum(
        event.spent.usage.total_tokens for event in met.events if isinstance(event, ModelReplied) and event.spent
    )
    assert lost or kind != "disconnect"


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        pytest.param("length", CUT_OFF, id="f21-length"),
        pytest.param("malformed_arguments", "not valid JSON", id="f30-malformed"),
        pytest.param("empty", NO_CALL, id="f23-empty"),
    ],
)
async def test_f21_f23_f30_an_unusable_reply_is_answered_and_the_third_in_a_row_ends_the_attempt(
    tmp_path: Path, kind: str, words: str
) -> None:
    limits = Limits(max_attempts=2)
    met = await meet(tmp_path, Fault(kind=kind, times=0, until_calls=4), limits=limits)
    # Three at the first attempt, one at the second, which goes on from there.
    assert met.ends() == [AttemptOutcome.FAILED, AttemptOutcome.INTEGRATED]
    assert met.result.done
    said = met.nudges() + [event.content for event in met.events if isinstance(event, ToolReturned) and event.failed]
    assert sum(words in text for text in said) == 4


async def test_f20_a_text_at_its_length_limit_is_answered(tmp_path: Path) -> None:
    plan = file_plan(1)
    talk = Answer(subtask="s0", steps=[step(text="I shall now write the file. " * 9), *WRITE_IT])
    cut = Fault(kind="length", until_calls=1)
    async with SimulatedEndpoint(file_scenario(plan, talk, faults=[cut])) as simulated:
        result, events = await carry_out(tmp_path, simulated.base_url, plan)
    assert result.done
    assert [event.content for event in events if isinstance(event, AgentNudged)] == [CUT_OFF]


async def test_f31_unknown_tools_are_named_and_the_third_in_a_row_ends_the_attempt(tmp_path: Path) -> None:
    plan = file_plan(1)
    lost = Answer(subtask="s0", attempt=1, steps=[step("teleport", where=str(number)) for number in range(9)])
    async with SimulatedEndpoint(file_scenario(plan, lost)) as simulated:
        result, events = await carry_out(tmp_path, simulated.base_url, plan)
    assert result.done
    failed = [event for event in events if isinstance(event, ToolReturned) and event.failed]
    assert len(failed) == 3
    assert all("no tool named 'teleport'. The tools are: " in event.content for event in failed)


async def test_f37_a_filtered_reply_is_put_otherwise_once_and_a_second_one_ends_the_attempt(tmp_path: Path) -> None:
    met = await meet(tmp_path, Fault(kind="content_filter", times=0, until_calls=3), limits=Limits(max_attempts=2))
    # Twice at the first attempt, once at the second, which goes on from there.
    assert met.ends() == [AttemptOutcome.FAILED, AttemptOutcome.INTEGRATED]
    assert set(met.nudges()) == {FILTERED}
    reason = next(event.reason for event in met.events if isinstance(event, AttemptEnded))
    assert "content filter" in reason


# -- requests that are refused -------------------------------------------------------------------------------------


async def test_f40_a_request_that_is_refused_fails_its_attempt_only(tmp_path: Path) -> None:
    met = await meet(tmp_path, Fault(kind="rejected", subtask="s0", times=0), count=3, limits=Limits(max_attempts=1))
    assert met.result.ended is not None
    assert met.result.ended.outcome is RunOutcome.FAILED
    assert sorted(met.ends()) == sorted([AttemptOutcome.FAILED, *[AttemptOutcome.INTEGRATED] * 2])
    assert len([call for call in met.calls if call.status == 400]) == 1


async def test_f40_the_same_refusal_for_three_subtasks_pauses_the_run(tmp_path: Path) -> None:
    met = await meet(tmp_path, Fault(kind="rejected", times=0), count=12)
    assert met.result.paused is not None
    assert met.result.paused.code == "request_rejected"
    assert "no such conversation" in met.result.paused.message
    assert met.ends().count(AttemptOutcome.FAILED) <= 2


async def test_the_same_bug_in_three_subtasks_pauses_the_run_before_it_ends_them_all(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    plan = file_plan(12)
    task = Task(instruction="x", repository=str(make_repository(tmp_path / "repository")))
    async with SimulatedEndpoint(file_scenario(plan)) as simulated:
        endpoint = Endpoint(simulated.base_url, model="m")
        async with Swarm(endpoint, home=tmp_path / "home", sandbox="none", tools=[UNWRITABLE]) as swarm:
            result = await (await swarm.submit(task, plan=plan, run_id="r")).result()
        assert result.paused is not None
        assert result.paused.reason is PauseReason.BROKEN
        assert "internal error: " in result.paused.message
        failed = [event for event in recorded(tmp_path) if isinstance(event, AttemptEnded)]
        assert len(failed) < MAX_ALIKE
        assert sum(1 for record in caplog.records if record.exc_info) == 1, "the traceback is logged once"
        async with swarming(tmp_path, simulated.base_url) as swarm:
            resumed = await (await swarm.resume("r")).result()
    assert resumed.ended is not None
    assert resumed.ended.outcome is RunOutcome.DONE, "mended, it goes on"


async def test_f36_a_conversation_that_is_too_long_is_not_sent_again_as_it_is(tmp_path: Path) -> None:
    met = await meet(tmp_path, Fault(kind="context_overflow", times=0), limits=Limits(max_attempts=2))
    assert met.result.ended is not None
    digests = [call.digest for call in met.calls]
    assert len(digests) <= 8
    assert max(map(digests.count, digests)) <= 2


# -- what a server says of itself and of others ----------------------------------------------------------------------


async def test_f48_an_answer_of_another_model_is_recorded_and_told_once(tmp_path: Path) -> None:
    give_up = {"index": 0, "id": "a", "function": {"name": "give_up", "arguments": '{"reason": "no"}'}}
    said = {"choices": [{"index": 0, "delta": {"tool_calls": [give_up]}, "finish_reason": "tool_calls"}]}
    other = stream(event({"model": "another\x07-one", **said}), b"data: [DONE]\n\n")
    async with serving(other) as server:
        _, events = await carry_out(tmp_path, server.base_url, file_plan(2), Limits(max_attempts=1))
    assert {event.reply.model for event in events if isinstance(event, ModelReplied)} == {"another\x07-one"}
    [told] = [event.text for event in events if isinstance(event, NoteRecorded) and "answered" in event.text]
    assert "asked for m" in told
    assert "\x07" not in told


async def test_f50_a_key_that_the_server_echoes_reaches_no_file_of_the_run(tmp_path: Path) -> None:
    echo = error(400, f"bad request with Authorization: Bearer {KEY} and sk-other-zyxwvutsrqponm")
    page = response(500, f"<html>{KEY}</html>".encode())
    async with serving(page, echo) as server:
        result, events = await carry_out(tmp_path, server.base_url, file_plan(2), Limits(max_attempts=1), key=KEY)
    assert result.ended is not None
    assert len(server.received) >= 2
    held = [path for path in (tmp_path / "home").rglob("*") if path.is_file()]
    assert any(path.name == "journal.db" for path in held)
    for path in held:
        assert KEY.encode() not in path.read_bytes(), path
        assert b"zyxwvutsrq" not in path.read_bytes(), path
    assert "[redacted]" in str(events)
