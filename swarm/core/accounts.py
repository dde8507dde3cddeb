"""What calls have taken and what those in flight may take: a fold of the run's events.

Before a call its most is *reserved* (:class:`ModelCalled`); the reply *settles* it. A call that a kill cut off may have
been paid for all the same, so what is likely is *booked* as an estimate: nobody gets to know more.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from swarm.core.compaction import ConversationCompacted, SummaryCalled
from swarm.core.events import (
    AttemptEnded,
    AttemptOutcome,
    AttemptStarted,
    Event,
    JudgeStarted,
    ModelCalled,
    ModelFailed,
    ModelReplied,
    PlanExtended,
    PlanPatched,
    RunOpened,
    RunParked,
    RunPaused,
    SubtaskHandedBack,
    spent_on,
)
from swarm.core.limits import NOTHING, Reservation, Spent, Usage
from swarm.core.messages import Reply
from swarm.core.settings import JUDGE

SUMMARISER = "compactor"
"""The role that summaries of conversations are made by."""

USEFUL = frozenset({AttemptOutcome.INTEGRATED, AttemptOutcome.PLANNED})
"""Outcomes of attempts whose work became part of the result; all others were waste."""


@dataclass(slots=True)
class Account:
    """The fold of one attempt's calls.

    Attributes:
        role: who it is charged to, with ``subtask_id``; ``balances`` are those that count it.
        spent: what its calls took, all of them.
        summaries: the part of it that summaries of the conversation took: charged to the role that makes them.
        held: what its call in flight may take.
        booked: what was booked as an estimate for the step under way, because its last call was cut off.
        began_s: when its attempt began, in seconds of the run.
        ended: its attempt has; ``wasted``: and its work is no part of the result.
    """

    role: str = ""
    subtask_id: str = ""
    spent: Spent = NOTHING
    summaries: Spent = NOTHING
    held: Reservation | None = None
    booked: Spent = NOTHING
    began_s: float = field(default=0.0, compare=False)
    ended: bool = False
    wasted: bool = False
    balances: tuple["Balance", ...] = field(default=(), compare=False, repr=False)
    summarises: bool = field(default=False, compare=False)
    _step: int = 0

    def called(self, event: ModelCalled) -> None:
        """A call begins. One that is still open was cut off."""
        if event.step != self._step and self.held is None:
            self.booked = NOTHING
        if self.held is not None:
            self.cut_off()
        self._step = event.step
        self.summarises = False
        self.held = event.reserved

    def replied(self, event: ModelReplied) -> None:
        """The reply says what it took."""
        self.spent = event.spent_after(self.spent)
        self.held = None
        self.booked = NOTHING

    def failed(self, event: ModelFailed) -> None:
        """The call is over without a reply; answers that broke off are booked."""
        lost = lost_with(self.held, event.broken)
        if lost != NOTHING:
            self.spent += lost
            if self.summarises:
                self.summaries += lost
        self.held = None
        self.booked = NOTHING

    def cut_off(self) -> None:
        """Nobody will hear of the call in flight any more."""
        if self.held is not None:
            lost, self.held = self.held.lost, None
            self.spent += lost
            if self.summarises:
                self.summaries += lost
            else:
                self.booked = lost

    def summary_called(self, event: SummaryCalled) -> None:
        """A summary is asked for."""
        self.cut_off()
        self.summarises = True
        self.held = event.reserved

    def compacted(self, event: ConversationCompacted) -> None:
        """A summary of the conversation, if there was one, says what it took."""
        if event.spent != NOTHING:
            self.spent += event.spent
            self.summaries += event.spent
        self.held = None

    def spent_after(self, reply: Reply, tries: int, cost_usd: float | None, *, adopted: bool, lost: Spent) -> Spent:
        """Return what the attempt has spent with this reply, and ``lost`` for answers to its call that broke off.

        An adopted reply is that of the call that was cut off, so what was booked for that one is taken back.
        """
        before = self.spent - self.booked if adopted else self.spent
        after = before + spent_on(reply, tries, cost_usd)
        return after if lost is NOTHING else after + lost


def lost_with(held: Reservation | None, broken: int) -> Spent:
    """Return what so many answers took, by estimate, that broke off."""
    return sum((held.lost for _ in range(broken)), NOTHING) if held is not None else NOTHING


# Plain tuples: two of them are made for every reply of every agent.
_Growth = tuple[int, int, int, int, int, int, bool, float, int]
"""How much more is spent: the fields of :class:`Spent` and its usage."""

_Before = tuple[Spent, Spent, Reservation | None, bool]
"""What an account had before an event: spent, spent on summaries, held, and whether that was for a summary."""


def _growth(before: Spent, after: Spent) -> _Growth:
    old, new = before.usage, after.usage
    return (
        after.calls - before.calls,
        after.tries - before.tries,
        new.input_tokens - old.input_tokens,
        new.cached_tokens - old.cached_tokens,
        new.output_tokens - old.output_tokens,
        new.reasoning_tokens - old.reasoning_tokens,
        new.estimated,
        after.priced_usd - before.priced_usd,
        after.unpriced_calls - before.unpriced_calls,
    )


@dataclass(slots=True)
class Balance:
    """What the run, a role or a subtask has spent, and what its calls in flight may take.

    Sums are kept in place, field by field: every reply of every agent changes three of them.
    """

    calls_held: int = 0
    tokens_held: int = 0
    usd_held: float = 0.0
    _calls: int = 0
    _tries: int = 0
    _input_tokens: int = 0
    _cached_tokens: int = 0
    _output_tokens: int = 0
    _reasoning_tokens: int = 0
    _estimated: bool = False
    _priced_usd: float = 0.0
    _unpriced_calls: int = 0
    _ended_s: float = field(default=0.0, compare=False)
    _began_s: float = field(default=0.0, compare=False)
    _at_work: int = 0

    @property
    def spent(self) -> Spent:
        """What is used up for good."""
        usage = Usage(
            self._input_tokens, self._cached_tokens, self._output_tokens, self._reasoning_tokens, self._estimated
        )
        return Spent(self._calls, self._tries, usage, self._priced_usd, self._unpriced_calls)

    @property
    def calls_spent(self) -> int:
        """Model calls that were answered."""
        return self._calls

    @property
    def tokens_spent(self) -> int:
        """Input plus output tokens that were used."""
        return self._input_tokens + self._output_tokens

    @property
    def usd_spent(self) -> float:
        """The dollars that calls with a price have cost."""
        return self._priced_usd

    def grow(self, more: _Growth) -> None:
        """Count what an account has spent more than before."""
        calls, tries, input_tokens, cached_tokens, output_tokens, reasoning_tokens, estimated, usd, unpriced = more
        self._calls += calls
        self._tries += tries
        self._input_tokens += input_tokens
        self._cached_tokens += cached_tokens
        self._output_tokens += output_tokens
        self._reasoning_tokens += reasoning_tokens
        self._estimated = self._estimated or estimated
        self._priced_usd += usd
        self._unpriced_calls += unpriced

    def seconds(self, now_s: float) -> float:
        """Return what attempts took, those that are at work included: each from its start to its end, added up."""
        return self._ended_s + self._at_work * now_s - self._began_s

    def begin(self, now_s: float) -> None:
        """An attempt begins."""
        self._at_work += 1
        self._began_s += now_s

    def end(self, began_s: float, now_s: float) -> None:
        """An attempt that began then has ended."""
        self._at_work -= 1
        self._began_s = self._began_s - began_s if self._at_work else 0.0
        self._ended_s += now_s - began_s

    def hold(self, reserved: Reservation, sign: int) -> None:
        """Reserve (1) or release (-1)."""
        self.calls_held += sign
        self.tokens_held += sign * reserved.tokens
        self.usd_held += sign * (reserved.cost_usd or 0.0)
        if not self.calls_held:
            self.usd_held = 0.0  # what sums of fractions leave behind


@dataclass(slots=True)
class Ledger:
    """The fold of all attempts' calls. Feed it every event with :meth:`apply`; read its attributes.

    Attributes:
        run: the balance of all; ``roles`` and ``subtasks`` have those of each.
        accounts: by attempt.
        wasted: what attempts took that have ended without a part in the result.
        touched: subtasks whose balance has changed since somebody last emptied this.
        now_s: when the last event happened, in seconds of the run.
    """

    run: Balance = field(default_factory=Balance)
    roles: dict[str, Balance] = field(default_factory=dict)
    subtasks: dict[str, Balance] = field(default_factory=dict)
    accounts: dict[str, Account] = field(default_factory=dict)
    wasted: Spent = NOTHING
    touched: set[str] = field(default_factory=set, compare=False)
    now_s: float = field(default=0.0, compare=False)
    _roles: dict[str, str] = field(default_factory=dict)
    _open: dict[str, Account] = field(default_factory=dict)

    def role(self, name: str) -> Balance:
        """Return the balance of a role."""
        return self.roles.get(name) or Balance()

    def subtask(self, identifier: str) -> Balance:
        """Return the balance of a subtask's own attempts."""
        return self.subtasks.get(identifier) or Balance()

    def apply(self, event: Event, now_s: float = 0.0) -> None:
        """Fold one event in, which happened so many seconds into the run."""
        self.now_s = now_s
        handler = _HANDLERS.get(type(event))
        if handler is not None:
            handler(self, event)

    def _extended(self, event: PlanExtended) -> None:
        self._roles.update((subtask.id, subtask.role) for subtask in event.subtasks)

    def _patched(self, event: PlanPatched) -> None:
        self._roles.update((subtask.id, subtask.role) for subtask in (*event.patch.add, *event.patch.change))

    def _handed_back(self, event: SubtaskHandedBack) -> None:
        self._roles[event.subtask.id] = event.subtask.role

    def _started(self, event: AttemptStarted) -> None:
        role = event.role or self._roles[event.subtask_id]
        account = self._open_account(event.attempt_id, role, event.subtask_id)
        account.began_s = self.now_s
        for balance in account.balances:
            balance.begin(self.now_s)

    def _judge_started(self, event: JudgeStarted) -> None:
        self._open_account(event.attempt_id, JUDGE, event.subtask_id)

    def _open_account(self, attempt_id: str, role: str, subtask_id: str) -> Account:
        balances = (self.run, self._role(role), self._subtask(subtask_id))
        account = self.accounts[attempt_id] = Account(role, subtask_id, balances=balances)
        return account

    def _role(self, name: str) -> Balance:
        found = self.roles.get(name)
        if found is None:
            found = self.roles[name] = Balance()
        return found

    def _subtask(self, identifier: str) -> Balance:
        found = self.subtasks.get(identifier)
        if found is None:
            found = self.subtasks[identifier] = Balance()
        return found

    def _change(self, event: ModelCalled | ModelReplied | ModelFailed | SummaryCalled | ConversationCompacted) -> None:
        account = self.accounts[event.attempt_id]
        before = (account.spent, account.summaries, account.held, account.summarises)
        _CHANGES[type(event)](account, event)
        self._settle(event.attempt_id, account, before)

    def _ended(self, event: AttemptEnded) -> None:
        account = self.accounts[event.attempt_id]
        self.touched.add(account.subtask_id)
        if account.held is not None:
            self._cut_off(event.attempt_id, account)
        if account.ended:
            return
        account.ended = True
        for balance in account.balances:
            balance.end(account.began_s, self.now_s)
        account.wasted = event.outcome not in USEFUL
        if account.wasted:
            self.wasted += account.spent

    def _stopped(self, _: RunOpened | RunPaused | RunParked) -> None:
        for attempt_id, account in list(self._open.items()):
            self._cut_off(attempt_id, account)

    def _cut_off(self, attempt_id: str, account: Account) -> None:
        before = (account.spent, account.summaries, account.held, account.summarises)
        account.cut_off()
        self._settle(attempt_id, account, before)

    def _settle(self, attempt_id: str, account: Account, before: _Before) -> None:
        """Bring the balances from what an account had spent and held to what it has and holds now."""
        spent, summaries, held, summarised = before
        if account.spent is not spent:
            more = _growth(spent, account.spent)
            for balance in account.balances:
                balance.grow(more)
            if account.wasted:
                self.wasted += account.spent - spent
        if account.summaries is not summaries:
            account.balances[1].grow(_growth(account.summaries, summaries))
            self._role(SUMMARISER).grow(_growth(summaries, account.summaries))
        if account.held is not held:
            self._hold_other(attempt_id, account, held, summarised=summarised)
        self.touched.add(account.subtask_id)

    def _hold_other(self, attempt_id: str, account: Account, held: Reservation | None, *, summarised: bool) -> None:
        """Reserve what an account holds now instead of what it held."""
        if held is not None:
            self._hold(account, held, -1, summarises=summarised)
        if account.held is None:
            self._open.pop(attempt_id, None)
        else:
            self._hold(account, account.held, 1, summarises=account.summarises)
            self._open[attempt_id] = account

    def _hold(self, account: Account, reserved: Reservation, sign: int, *, summarises: bool) -> None:
        run, role, subtask = account.balances
        for balance in (run, self._role(SUMMARISER) if summarises else role, subtask):
            balance.hold(reserved, sign)


_CHANGES: dict[type[Event], Callable[[Account, Any], None]] = {
    ModelCalled: Account.called,
    ModelReplied: Account.replied,
    ModelFailed: Account.failed,
    SummaryCalled: Account.summary_called,
    ConversationCompacted: Account.compacted,
}
"""What each event of a call does to its attempt's account."""

_HANDLERS: dict[type[Event], Callable[[Ledger, Any], None]] = {
    **dict.fromkeys(_CHANGES, Ledger._change),
    PlanExtended: Ledger._extended,
    PlanPatched: Ledger._patched,
    SubtaskHandedBack: Ledger._handed_back,
    AttemptStarted: Ledger._started,
    JudgeStarted: Ledger._judge_started,
    AttemptEnded: Ledger._ended,
    RunOpened: Ledger._stopped,
    RunPaused: Ledger._stopped,
    RunParked: Ledger._stopped,
}
TELLING_OF_CALLS = frozenset(_HANDLERS)
"""Events that change what is spent or held, or who is charged; of all others only the time counts."""
