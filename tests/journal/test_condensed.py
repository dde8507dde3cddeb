"""A condensed history folds to the same state as the whole one, and does not grow with the conversations."""

import asyncio
import dataclasses
import random
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from swarm.core.accounts import Account
from swarm.core.events import (
    EVENT_TYPES,
    AttemptOutcome,
    Hedge,
    ModelCalled,
    ModelFailed,
    ModelReplied,
    NoteRecorded,
    PauseReason,
    Recorded,
    SubtaskOutcome,
)
from swarm.core.limits import Reservation, Usage
from swarm.core.plan import Subtask
from swarm.core.scheduler import Scheduler
from swarm.core.state import RunState
from swarm.core.steering import CancelRequested
from swarm.core.views import RunView, restored
from swarm.errors import JournalUnreadable
from swarm.journal import schema
from swarm.journal.condensing import RECENT_S, STEP_TYPES
from swarm.journal.reader import JournalReader
from swarm.journal.sqlite import SqliteJournal
from swarm.testing.scripted_run import ScriptedRun, accepted, rejected

_INDEX = "events_but_steps"


class RandomRun(ScriptedRun):
    """A run in which anything happens; times and prices are exact in binary, so sums are exact in any order."""

    def __init__(self, seed: int, steps: int = 120) -> None:
        super().__init__()
        self._rng = random.Random(seed)
        self._open: list[str] = []
        self._over: list[str] = []
        self.plan(*(Subtask(id=f"s{number}", instruction="Work") for number in range(5)))
        for _ in range(steps):
            self.wait(self._rng.choice((0.0, 0.25, 2.0, 30.0)))
            self._rng.choice((self._begin, self._hedge, *([self._work] * 9), self._finish, self._reopen, self._say))()

    def _begin(self) -> None:
        idle = [name for name in (f"s{number}" for number in range(5)) if self._may_start(name)]
        if idle:
            self._open.append(self.start(self._rng.choice(idle)))

    def _hedge(self) -> None:
        alone = [attempt for attempt in self._open if not self._others(attempt)]
        if alone:
            first = self._rng.choice(alone)
            self._open.append(self.start(first.rpartition("@")[0], hedge=Hedge(first, 8.0, 2.0, 3)))

    def _others(self, attempt: str) -> list[str]:
        """Return the other attempt that is at work on the same subtask."""
        subtask = attempt.rpartition("@")[0]
        return [other for other in self._open if other != attempt and other.rpartition("@")[0] == subtask]

    def _may_start(self, name: str) -> bool:
        settled = {attempt.rpartition("@")[0] for attempt in self._over if attempt.endswith("!")}
        return name not in settled and all(attempt.rpartition("@")[0] != name for attempt in self._open)

    def _work(self) -> None:
        late = [attempt for attempt in self._over if not attempt.endswith("!")]
        attempts = self._open + (late if self._rng.random() < 0.1 else [])
        if not attempts:
            return
        attempt = self._rng.choice(attempts)
        self.add(ModelCalled(attempt, self._step_of(attempt), "sim-worker", "d" * 64, self._reservation()))
        if self._rng.random() < 0.1:
            self.add(ModelFailed(attempt, self._steps[attempt], "reply_incomplete", self._rng.randrange(3)))
        for _ in range(self._rng.choice((0, 0, 0, 1, 2))):
            self.delay(attempt, self._rng.choice(("rate_limited", "overloaded")))
        if self._rng.random() < 0.1:
            return  # the process dies, or the call is on its way
        self.answer(
            attempt,
            *[("shell", f'{{"command": "make {number}"}}') for number in range(self._rng.randrange(3))],
            usage=Usage(self._rng.randrange(999), 7, 5, 3, estimated=self._rng.random() < 0.02),
            cost_usd=self._rng.choice((0.125, 0.25, None)),
            tries=self._rng.randrange(1, 4),
        )
        if self._rng.random() < 0.8:
            self.tool(attempt, "shell", "ok" * self._rng.randrange(3_000))

    def _step_of(self, attempt: str) -> int:
        step = self._steps[attempt] = self._steps.get(attempt, 0) + 1
        return step

    def _reservation(self) -> Reservation | None:
        if self._rng.random() < 0.1:
            return None
        return Reservation(self._rng.randrange(999), 64, 0.5, self._rng.randrange(64), self._rng.choice((0.125, 0.25)))

    def _finish(self) -> None:
        if not self._open:
            return
        attempt = self._open.pop(self._rng.randrange(len(self._open)))
        subtask = attempt.rpartition("@")[0]
        match self._rng.randrange(3):
            case 0:
                self._end_others(attempt, AttemptOutcome.OUTRUN)
                self.deliver(attempt, accepted("make test"))
                self._over.append(f"{subtask}@!")
            case 1:
                self.hand_in(attempt)
                self.judge(attempt, rejected("no"))
                self.end(attempt, AttemptOutcome.REJECTED, "no")
                self._over.append(attempt)
            case _:
                self._end_others(attempt, AttemptOutcome.CANCELLED)
                self.end(attempt, AttemptOutcome.CANCELLED, "by a person")
                self.settle(subtask, SubtaskOutcome.CANCELLED)
                self._over.extend((attempt, f"{subtask}@!"))

    def _end_others(self, attempt: str, outcome: AttemptOutcome) -> None:
        for other in self._others(attempt):
            self._open.remove(other)
            self.end(other, outcome, "it is over")
            self._over.append(other)

    def _reopen(self) -> None:
        if self._rng.random() < 0.5:
            self.pause(PauseReason.SIGNAL, "SIGINT")
        self.wait(100.0)
        self.open()

    def _say(self) -> None:
        self.add(self._rng.choice((NoteRecorded("a note", "s1"), CancelRequested("s2"))))


def with_totals(events: Sequence[Recorded], rng: random.Random, share: float) -> list[Recorded]:
    """Let a share of the replies say what their attempts have spent, as those of a running agent all do."""
    accounts: dict[str, Account] = {}
    told = []
    for recorded in events:
        event = recorded.event
        if isinstance(event, ModelCalled | ModelReplied | ModelFailed):
            account = accounts.setdefault(event.attempt_id, Account())
            match event:
                case ModelCalled():
                    account.called(event)
                case ModelFailed():
                    account.failed(event)
                case ModelReplied():
                    account.replied(event)
                    if rng.random() < share:
                        event = dataclasses.replace(event, spent=account.spent)
        told.append(dataclasses.replace(recorded, event=event))
    return told


async def write(path: Path, events: Sequence[Recorded]) -> None:
    times = iter([recorded.at for recorded in events])
    journal = SqliteJournal.create(path, run_id="run-1", clock=lambda: next(times))
    await asyncio.gather(*(journal.append(recorded.event) for recorded in events))
    await journal.close()


def folds(events: Sequence[Recorded]) -> tuple[dict[str, Any], dict[str, Any]]:
    state, view = RunState(), RunView()
    for recorded in events:
        state.apply(recorded.event, recorded.at)
        view.apply(recorded)
    seen = dict(vars(view), calls_per_minute=[view.calls_per_minute(view.last_at + later) for later in (0, 20, 59)])
    del seen["_reply_times"]
    return vars(state), seen


@pytest.mark.parametrize("seed", range(24))
async def test_it_folds_to_the_same_state(tmp_path: Path, seed: int) -> None:
    share = (1.0, 1.0, 0.5, 0.0)[seed % 4]
    events = with_totals(RandomRun(seed).events, random.Random(seed), share)
    await write(tmp_path / "journal.db", events)
    with JournalReader(tmp_path / "journal.db") as reader:
        whole, condensed = list(reader.events()), list(reader.condensed())
    assert whole == events
    numbers = [recorded.seq for recorded in condensed]
    assert numbers == sorted(set(numbers))
    assert len(condensed) < len(whole) or share == 0
    assert folds(condensed) == folds(whole)


@pytest.mark.parametrize("seed", range(6))
async def test_without_recent_replies_only_the_rate_of_calls_is_missing(tmp_path: Path, seed: int) -> None:
    events = with_totals(RandomRun(seed).events, random.Random(seed), 1.0)
    await write(tmp_path / "journal.db", events)
    with JournalReader(tmp_path / "journal.db") as reader:
        whole, condensed = folds(list(reader.events())), folds(list(reader.condensed(recent_s=0)))
    for _, view in (whole, condensed):
        del view["calls_per_minute"]
    assert condensed == whole


@pytest.mark.parametrize("seed", range(6))
async def test_milestones_tell_how_the_run_and_its_subtasks_stand(tmp_path: Path, seed: int) -> None:
    events = RandomRun(seed).events
    await write(tmp_path / "journal.db", events)
    with JournalReader(tmp_path / "journal.db") as reader:
        found, last_at = list(reader.milestones()), reader.last_at()
    told, whole = restored(found), restored(events)
    assert len(found) < len(events) / 2
    assert last_at == events[-1].at
    assert (told.status, told.reason, told.task, told.created_at) == (
        whole.status, whole.reason, whole.task, whole.created_at,
    )  # fmt: skip
    assert (set(told.subtasks), told.ended_subtasks) == (set(whole.subtasks), whole.ended_subtasks)


async def test_a_call_that_is_kept_for_its_time_only_is_not_taken_for_cut_off(tmp_path: Path) -> None:
    run = ScriptedRun()
    run.plan(Subtask(id="a", instruction="work"), Subtask(id="b", instruction="work"))
    attempt = run.start("a")
    reserved = Reservation(500, 64, 0.5, 64, 0.25)
    run.add(ModelCalled(attempt, 1, "sim-worker", "d" * 64, reserved))
    run.add(CancelRequested("b"))  # the event before it says until when somebody drove the run
    run._steps[attempt] = 1
    run.answer(attempt)
    run.wait(2 * RECENT_S)
    run.add(ModelCalled(attempt, 2, "sim-worker", "d" * 64, reserved))
    run._steps[attempt] = 2
    run.answer(attempt)
    await write(tmp_path / "journal.db", with_totals(run.events, random.Random(1), 1.0))
    with JournalReader(tmp_path / "journal.db") as reader:
        condensed, whole = Scheduler.restore(reader.condensed()), Scheduler.restore(reader.events())
    assert condensed.state.ledger == whole.state.ledger
    assert not condensed.state.usage.estimated


async def test_it_does_not_grow_with_the_conversations(tmp_path: Path) -> None:
    lengths = []
    for steps in (10, 200):
        run = ScriptedRun()
        run.plan(Subtask(id="a", instruction="Work"))
        attempt = run.start("a")
        for _ in range(steps):
            run.step(attempt, "shell", "{}", "ok", seconds=RECENT_S)
        path = tmp_path / f"{steps}.db"
        await write(path, with_totals(run.events, random.Random(0), 1.0))
        with JournalReader(path) as reader:
            lengths.append(len(list(reader.condensed())))
    assert lengths[0] == lengths[1] < 12


async def test_an_event_that_is_missing_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    await write(path, RandomRun(1).events)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DELETE FROM events WHERE seq = 20")
    with JournalReader(path) as reader, pytest.raises(JournalUnreadable, match=r"1 of \d+ events"):
        list(reader.condensed())


async def test_damage_to_what_is_read_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    await write(path, RandomRun(1).events)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE events SET body = CAST(body || ' ' AS BLOB) WHERE seq = 2")
    with JournalReader(path) as reader, pytest.raises(JournalUnreadable, match=r"event 2 .*checksum"):
        list(reader.condensed())


async def test_an_empty_journal_has_an_empty_history(tmp_path: Path) -> None:
    await write(tmp_path / "journal.db", ())
    with JournalReader(tmp_path / "journal.db") as reader:
        assert list(reader.condensed()) == []
        assert reader.newest("run_opened") is None


async def test_the_newest_event_of_a_type(tmp_path: Path) -> None:
    run = ScriptedRun()
    run.open("workers: 4 -> 8")
    run.pause(PauseReason.SIGNAL, "SIGINT")
    await write(tmp_path / "journal.db", run.events)
    with JournalReader(tmp_path / "journal.db") as reader:
        assert reader.newest("run_opened") == run.events[2]
        assert reader.newest("run_ended") is None


def test_the_index_and_the_reader_mean_the_same_types() -> None:
    assert {name for name in EVENT_TYPES if f"'{name}'" in schema.NOT_A_STEP} == STEP_TYPES
    assert schema.NOT_A_STEP.count("'") == 2 * len(STEP_TYPES)


async def test_an_older_journal_gets_the_index_when_it_is_opened_for_writing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "journal.db"
    events = with_totals(RandomRun(3).events, random.Random(3), 1.0)
    with monkeypatch.context() as older:
        older.setattr(schema, "MIGRATIONS", schema.MIGRATIONS[:1])
        await write(path, events)
    with JournalReader(path) as reader:
        without = list(reader.condensed())
    assert not plan(path)
    await SqliteJournal.open(path).close()
    assert plan(path)
    with JournalReader(path) as reader:
        assert list(reader.condensed()) == without


def plan(path: Path) -> bool:
    """Whether the events that are no steps are found by the index."""
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute(f"EXPLAIN QUERY PLAN SELECT seq FROM events WHERE {schema.NOT_A_STEP}").fetchall()
    return any(f"COVERING INDEX {_INDEX}" in row[3] for row in rows)
