"""Budgets: whatever comes back in whatever order, no cap is exceeded, and every sum is that of the events."""

import math
import random
from dataclasses import dataclass, field

import pytest

from swarm.core.accounts import Account, Ledger
from swarm.core.budget import LEAST_OUTPUT_TOKENS, Question, Refused, admit, caps_of, due_notices
from swarm.core.compaction import ConversationCompacted, SummaryCalled
from swarm.core.events import (
    FORMAT,
    AttemptEnded,
    AttemptOutcome,
    AttemptStarted,
    Event,
    ModelCalled,
    ModelFailed,
    ModelReplied,
    NoteRecorded,
    PauseReason,
    PlanExtended,
    Recorded,
    RunCreated,
    RunPaused,
    spent_on,
)
from swarm.core.limits import Limits, Reservation, RoleLimits, Spent, Usage
from swarm.core.messages import Reply
from swarm.core.node import SubtaskState
from swarm.core.plan import Subtask
from swarm.core.prices import Price, dearest, parse_price
from swarm.core.state import RunState
from swarm.core.stimuli import AttemptFailed, BudgetSpent
from swarm.core.task import Task
from swarm.errors import ConfigError
from tests.core.worlds import SETTINGS, World, opened

PRICE = Price(1.0, 4.0, 0.25)
ROLES = {"a": "worker", "b": "worker", "c": "judge", "d": "judge"}


def subtasks() -> tuple[Subtask, ...]:
    return tuple(Subtask(id=name, instruction="Work", role=role) for name, role in ROLES.items())


@dataclass
class Buyers:
    """Attempts that ask, wait, get replies, break and die, in any order."""

    seed: int
    limits: Limits
    events: list[Event] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.ledger = Ledger()
        self.own = {f"{name}@1": Account() for name in ROLES}
        self.steps = dict.fromkeys(self.own, 0)
        self.summing_up: set[str] = set()
        self.record(PlanExtended(1, subtasks()))
        for attempt in self.own:
            self.record(AttemptStarted(attempt, attempt[0], 1, "base"))

    def record(self, event: Event) -> None:
        self.events.append(event)
        self.ledger.apply(event)
        match event:
            case ModelCalled():
                self.own[event.attempt_id].called(event)
            case ModelReplied():
                self.own[event.attempt_id].replied(event)
            case ModelFailed():
                self.own[event.attempt_id].failed(event)
            case SummaryCalled():
                self.own[event.attempt_id].summary_called(event)
            case ConversationCompacted():
                self.own[event.attempt_id].compacted(event)
            case _:
                pass

    def step(self) -> None:
        if self.random.random() < 0.04:
            task = Task(instruction="x", limits=self.limits)
            self.record(opened(task))  # the process died with all its calls in flight; another one took over
            return
        attempt = self.random.choice(list(self.own))
        if self.own[attempt].held is not None and self.ledger.accounts[attempt].held is not None:
            self.finish(attempt)
        elif attempt not in self.refused:
            self.ask(attempt)

    def ask(self, attempt: str) -> None:
        likely = self.random.choice((50, 500))
        sums_up = self.random.random() < 0.15
        role = "compactor" if sums_up else ROLES[attempt[0]]
        question = Question(role, attempt[0], self.random.randrange(1, 3000), 4096, likely, PRICE)
        found = admit(self.ledger, self.limits, question)
        if isinstance(found, Refused):
            self.refused.add(attempt)
        elif found is not None and sums_up:
            self.summing_up.add(attempt)
            self.record(SummaryCalled(attempt, self.steps[attempt], found))
        elif found is not None:
            self.summing_up.discard(attempt)
            self.steps[attempt] += self.own[attempt].held is None
            self.record(ModelCalled(attempt, self.steps[attempt], "m", "", found))
        else:
            assert self.ledger.run.calls_held, "waits for nobody"

    def finish(self, attempt: str) -> None:
        account = self.own[attempt]
        held = account.held
        assert held is not None
        if self.random.random() < 0.15:
            self.record(ModelFailed(attempt, self.steps[attempt], "rate_limited", self.random.choice((0, 0, 1))))
            return
        tokens = self.random.randrange(held.input_tokens + 1)
        usage = Usage(tokens, self.random.randrange(tokens + 1), self.random.randrange(held.output_tokens + 1))
        cost = PRICE.cost_usd(usage)
        if attempt in self.summing_up:
            spent = spent_on(Reply(usage=usage), 1, cost)
            self.record(ConversationCompacted(attempt, self.steps[attempt], summary="Notes.", spent=spent))
            return
        spent = account.spent_after(Reply(usage=usage), 1, cost, adopted=self.random.random() < 0.2, lost=Spent())
        self.record(ModelReplied(attempt, self.steps[attempt], Reply(usage=usage), 0.1, 0.2, 1, cost, spent=spent))

    def check(self) -> None:
        for name, role in {**ROLES, "e": "compactor"}.items():
            for cap in caps_of(self.limits, self.ledger, role, name):
                assert cap.fits(cap.spent + cap.held), f"{cap.owner} may spend {cap.spent} + {cap.held} of {cap.limit}"


LIMITS = (
    Limits(max_tokens=40_000),
    Limits(max_cost_usd=0.08),
    Limits(max_calls=12),
    Limits(max_cost_usd=0.2, max_tokens=90_000, roles={"judge": RoleLimits(max_cost_usd=0.03, max_calls=9)}),
    Limits(max_subtask_tokens=15_000, max_subtask_cost_usd=0.04, roles={"worker": RoleLimits(max_tokens=25_000)}),
    Limits(max_subtask_calls=5, roles={"compactor": RoleLimits(max_tokens=9_000, max_calls=2)}),
)


@pytest.mark.parametrize("limits", LIMITS, ids=range(len(LIMITS)))
def test_no_cap_is_ever_exceeded_in_any_order_of_events(limits: Limits) -> None:
    refusals = 0
    for seed in range(40):
        buyers = Buyers(seed, limits)
        for _ in range(300):
            buyers.step()
            buyers.check()
        refusals += len(buyers.refused)
    assert refusals > 20, "the caps were never reached"


def test_balances_are_the_sums_of_the_events_and_a_restart_at_any_point_finds_the_same() -> None:
    for seed in range(25):
        buyers = Buyers(seed, LIMITS[3])
        for _ in range(150):
            buyers.step()
        again = Ledger()
        for count, event in enumerate(buyers.events):
            again.apply(event)
            if count % 40 == 0:
                fresh = Ledger()
                for earlier in buyers.events[: count + 1]:
                    fresh.apply(earlier)
                assert fresh == again
        assert again == buyers.ledger
        total = sum((account.spent for account in again.accounts.values()), Spent())
        assert total.usage.total_tokens == again.run.spent.usage.total_tokens
        assert math.isclose(total.priced_usd, again.run.spent.priced_usd, abs_tol=1e-9)
        replies = [event for event in buyers.events if isinstance(event, ModelReplied | ConversationCompacted)]
        assert again.run.spent.calls == len(replies)
        for balances in (again.roles, again.subtasks):
            parts = sum((balance.spent for balance in balances.values()), Spent())
            assert math.isclose(parts.priced_usd, total.priced_usd, abs_tol=1e-9)
            assert parts.usage.total_tokens == total.usage.total_tokens


def test_what_a_summary_may_take_is_held_until_the_conversation_is_shorter() -> None:
    limits = Limits(max_tokens=10_000)
    called = SummaryCalled("a@1", 1, Reservation(3_000, 1_500, 0.0, 500))
    other = Question("worker", "a", 5_000, 1_000, 500, None)
    ledger = ledger_with(called)
    assert ledger.run.tokens_held == 4_500
    assert admit(ledger, limits, other) is None  # it waits
    ledger.apply(ConversationCompacted("a@1", 1, summary="Notes.", spent=Spent(1, 1, Usage(2_900, 0, 300))))
    assert (ledger.run.tokens_held, ledger.run.tokens_spent) == (0, 3_200)
    assert isinstance(admit(ledger, limits, other), Reservation)
    cut_off = ledger_with(called, opened(Task(instruction="x"))).run
    assert (cut_off.tokens_held, cut_off.tokens_spent) == (0, 3_500)


def test_summaries_are_charged_to_the_role_that_makes_them() -> None:
    limits = Limits(roles={"compactor": RoleLimits(max_calls=1), "worker": RoleLimits(max_tokens=5_000)})
    summary = Question("compactor", "a", 3_000, 1_500, 500, None)
    ledger = ledger_with(SummaryCalled("a@1", 1, Reservation(3_000, 1_500, 0.0, 500)))
    assert (ledger.role("compactor").calls_held, ledger.role("worker").calls_held) == (1, 0)
    assert admit(ledger, limits, summary) is None
    ledger.apply(ConversationCompacted("a@1", 1, summary="Notes.", spent=Spent(1, 1, Usage(2_900, 0, 300))))
    assert (ledger.role("compactor").tokens_spent, ledger.role("worker").tokens_spent) == (3_200, 0)
    assert ledger.subtask("a").tokens_spent == ledger.run.tokens_spent == 3_200
    refused = admit(ledger, limits, summary)
    assert isinstance(refused, Refused)
    assert refused.pauses
    assert "the role compactor has used 1 model calls of 1" in refused.reason
    # What the attempt's next reply says of all that the attempt has spent changes nothing of that.
    total = Spent(2, 2, Usage(3_900, 0, 400))
    ledger.apply(ModelCalled("a@1", 2, "m", "", Reservation(1_000, 200)))
    ledger.apply(ModelReplied("a@1", 2, Reply(usage=Usage(1_000, 0, 100)), 0.1, 0.2, spent=total))
    assert (ledger.role("compactor").tokens_spent, ledger.role("worker").tokens_spent) == (3_200, 1_100)
    cut_off = ledger_with(SummaryCalled("a@1", 1, Reservation(3_000, 1_500, 0.0, 500)), opened(Task(instruction="x")))
    assert (cut_off.role("compactor").tokens_spent, cut_off.role("worker").tokens_spent) == (3_500, 0)


def test_time_of_a_role_and_a_subtask_is_that_of_their_attempts() -> None:
    question = Question("worker", "a", 1_000, 100, 50, None)
    of_role = Limits(roles={"worker": RoleLimits(max_time_s=100)})
    of_subtask = Limits(max_subtask_time_s=60)
    ledger = Ledger()
    ledger.apply(PlanExtended(1, subtasks()), 0.0)
    ledger.apply(AttemptStarted("a@1", "a", 1, "base"), 10.0)
    ledger.apply(AttemptStarted("b@1", "b", 1, "base"), 20.0)
    ledger.apply(AttemptEnded("b@1", AttemptOutcome.FAILED), 50.0)
    ledger.apply(NoteRecorded("later"), 69.0)
    assert isinstance(admit(ledger, of_role, question), Reservation)
    assert isinstance(admit(ledger, of_subtask, question), Reservation)
    ledger.apply(NoteRecorded("later"), 70.0)
    refused = admit(ledger, of_subtask, question)
    assert isinstance(refused, Refused)
    assert not refused.pauses
    assert refused.reason == "the subtask a has used 60 seconds of 60 seconds (max_subtask_time_s)"
    ledger.apply(NoteRecorded("later"), 80.0)
    refused = admit(ledger, of_role, question)
    assert isinstance(refused, Refused)
    assert refused.pauses
    ledger.apply(AttemptEnded("a@1", AttemptOutcome.FAILED), 81.0)
    ledger.apply(NoteRecorded("later"), 500.0)
    assert ledger.role("worker").seconds(ledger.now_s) == 101.0


def ledger_with(*events: Event) -> Ledger:
    ledger = Ledger()
    for event in (PlanExtended(1, subtasks()), AttemptStarted("a@1", "a", 1, "base"), *events):
        ledger.apply(event)
    return ledger


HELD = Reservation(1000, 4000, PRICE.most_usd(1000, 4000), 100, PRICE.most_usd(1000, 100))
REPLY = Reply(usage=Usage(900, 400, 50))


def test_a_call_that_a_kill_cut_off_is_booked_as_an_estimate() -> None:
    again = opened(Task(instruction="x"))
    ledger = ledger_with(ModelCalled("a@1", 1, "m", "", HELD), again)
    assert ledger.run.calls_held == 0
    assert ledger.run.spent == HELD.lost
    assert ledger.run.spent.usage == Usage(1000, 0, 100, estimated=True)
    account = Account()
    account.called(ModelCalled("a@1", 1, "m", "", HELD))
    account.called(ModelCalled("a@1", 1, "m", "", HELD))
    asked_again = account.spent_after(REPLY, 1, 0.5, adopted=False, lost=Spent())
    assert asked_again.priced_usd == pytest.approx(0.5 + HELD.lost_usd)
    assert asked_again.calls == 1


def test_an_adopted_reply_takes_the_estimate_back() -> None:
    account = Account()
    account.called(ModelCalled("a@1", 1, "m", "", HELD))
    account.called(ModelCalled("a@1", 1, "m", "", HELD))
    adopted = account.spent_after(REPLY, 1, 0.5, adopted=True, lost=Spent())
    assert adopted.priced_usd == pytest.approx(0.5)
    assert adopted.usage.total_tokens == 950


def test_a_call_without_a_reply_costs_only_what_had_begun_to_arrive() -> None:
    called = ModelCalled("a@1", 1, "m", "", HELD)
    assert ledger_with(called, ModelFailed("a@1", 1, "access_denied")).run.spent == Spent()
    broke = ledger_with(called, ModelFailed("a@1", 1, "reply_incomplete", 2)).run.spent
    assert broke.priced_usd == pytest.approx(2 * HELD.lost_usd)


def test_what_a_cancelled_attempt_took_is_waste_with_its_call_in_flight() -> None:
    spent = Spent(1, 1, REPLY.usage, 0.5)
    ledger = ledger_with(
        ModelCalled("a@1", 1, "m", "", HELD),
        ModelReplied("a@1", 1, REPLY, 0.1, 0.2, 1, 0.5, spent=spent),
        ModelCalled("a@1", 2, "m", "", HELD),
        AttemptEnded("a@1", AttemptOutcome.CANCELLED, "by a person"),
    )
    assert ledger.run.calls_held == 0
    assert ledger.wasted == ledger.run.spent == spent + HELD.lost


def test_a_reply_may_be_shorter_so_that_the_last_call_fits() -> None:
    ledger = ledger_with()
    question = Question("worker", "a", 1000, 16_384, 500, None)
    found = admit(ledger, Limits(max_tokens=3000), question)
    assert isinstance(found, Reservation)
    assert found.output_tokens == 2000
    least = 1000 + LEAST_OUTPUT_TOKENS
    assert isinstance(admit(ledger, Limits(max_tokens=least), question), Reservation)
    refused = admit(ledger, Limits(max_tokens=least - 1), question)
    assert isinstance(refused, Refused)
    assert refused.pauses
    assert refused.reason == (
        "the run has used 0 tokens of 1,511 tokens, and the next call may take 1,512 tokens (max-tokens)"
    )


def test_without_limits_on_tokens_or_money_replies_are_not_shortened() -> None:
    found = admit(ledger_with(), Limits(max_calls=1), Question("worker", "a", 1000, 16_384, 500, PRICE))
    assert isinstance(found, Reservation)
    assert found.output_tokens == 0


def test_who_does_not_fit_beside_a_call_in_flight_waits_for_it() -> None:
    ledger = ledger_with(AttemptStarted("b@1", "b", 1, "base"), ModelCalled("b@1", 1, "m", "", HELD))
    assert admit(ledger, Limits(max_tokens=6000), Question("worker", "a", 1000, 4000, 500, None)) is None
    ledger.apply(ModelReplied("b@1", 1, REPLY, 0.1, 0.2, 1, 0.5, spent=Spent(1, 1, REPLY.usage, 0.5)))
    assert admit(ledger, Limits(max_tokens=6000), Question("worker", "a", 1000, 4000, 500, None)) is not None


def state_with(limits: Limits, *events: Event) -> RunState:
    state = RunState()
    task = Task(instruction="x", limits=limits)
    created = RunCreated(FORMAT, "run", "0", task, SETTINGS, "base", "swarm/run")
    for event in (created, PlanExtended(1, subtasks()), opened(task), AttemptStarted("a@1", "a", 1, "base"), *events):
        state.apply(event, 1.0)
    return state


def test_a_person_is_told_once_of_each_cap_that_is_nearly_used_up() -> None:
    limits = Limits(max_cost_usd=1.0, max_subtask_cost_usd=0.9, roles={"worker": RoleLimits(max_calls=1)})
    replied = ModelReplied("a@1", 1, REPLY, 0.1, 0.2, 1, 0.85, spent=Spent(1, 1, REPLY.usage, 0.85))
    state = state_with(limits, replied)
    notes = due_notices(state)
    assert [note.text for note in notes] == [
        "the run has used $0.8500 of $1.0000 (max-cost)",
        "the role worker has used 1 model calls of 1 model calls (roles.worker.max_calls)",
        "the subtask a has used $0.8500 of $0.9000 (max_subtask_cost_usd)",
    ]
    assert [note.subtask_id for note in notes] == ["", "", "a"]
    again = state_with(limits, replied, *notes)
    assert due_notices(again) == []
    raised = state_with(limits.model_copy(update={"max_cost_usd": 1.05}), replied, *notes)
    assert [note.text for note in due_notices(raised)] == ["the run has used $0.8500 of $1.0500 (max-cost)"]
    assert due_notices(state_with(Limits(max_cost_usd=10.0), replied)) == []


def test_a_run_without_budget_pauses_when_everything_else_has_come_to_rest() -> None:
    world = World(1, tuple(Subtask(id=name, instruction="x") for name in "abc"), Limits(workers=2), good=1.0)
    world.decide([BudgetSpent("a@1", "the run has used it up (max-cost)")])
    assert not world.stopped
    world.pending = [command for command in world.pending if "a@1" not in str(command)]
    world.play()
    assert world.stopped
    assert world.state.nodes["b"].state is SubtaskState.DONE, "what was accepted is merged before the pause"
    assert world.state.nodes["c"].state is SubtaskState.READY, "nothing new is started"
    assert world.state.paused == RunPaused(PauseReason.LIMIT, "the run has used it up (max-cost)", "limit_reached")
    world.stopped = False
    world.crash()
    world.play()
    assert world.state.ended is not None


def test_a_subtask_over_its_own_budget_fails_without_another_attempt() -> None:
    world = World(1, (Subtask(id="a", instruction="x"),), Limits(max_attempts=3), good=1.0)
    world.pending.clear()
    world.decide([AttemptFailed("a@1", "the subtask a has used it up", final=True)])
    assert world.state.nodes["a"].state is SubtaskState.FAILED
    assert world.state.nodes["a"].attempts == 1


def test_notices_are_facts_of_the_run() -> None:
    world = World(1, (Subtask(id="a", instruction="x"),), Limits(max_calls=1), good=1.0)
    world.record(ModelReplied("a@1", 1, REPLY, 0.1, 0.2, 1, None, spent=Spent(1, 1, REPLY.usage, 0, 1)))
    world.play()
    told = [recorded for recorded in world.facts if isinstance(recorded.event, NoteRecorded)]
    assert len(told) == 1
    assert isinstance(told[0], Recorded)


def test_prices() -> None:
    assert Price(1.0, 4.0, 0.25).cost_usd(Usage(1_000_000, 400_000, 100_000)) == pytest.approx(0.6 + 0.1 + 0.4)
    assert Price(1.0, 4.0).cost_usd(Usage(1_000_000, 400_000, 0)) == pytest.approx(1.0)
    assert parse_price("0.28, 0.42,0.028") == Price(0.28, 0.42, 0.028)
    assert parse_price("1,2") == Price(1.0, 2.0)
    for price in (Price(0.28, 0.42, 0.028), Price(1.0, 2.0), Price(1 / 3, 123456.789)):
        assert parse_price(str(price)) == price
    assert dearest([Price(1.0, 4.0), Price(2.0, 3.0, 2.5)]) == Price(2.5, 4.0)
    assert dearest([Price(1.0, 4.0), None]) is None
    assert dearest([]) is None
    for wrong in ("", "1", "1,2,3,4", "a,b", "-1,2", "1,nan"):
        with pytest.raises(ConfigError):
            parse_price(wrong)
