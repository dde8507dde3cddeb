"""Budgets: whether a model call may be made, decided before it is. Pure.

A call reserves the most that it can take. It is made only if that fits into every cap beside what was spent and what
all calls in flight may still take; so no cap is exceeded, whatever comes back. A call that does not fit *now* waits for
the calls in flight, which mostly take less than they may. One that cannot fit is refused.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from swarm.core.accounts import Balance, Ledger
from swarm.core.events import NoteRecorded
from swarm.core.limits import Limits, Reservation, Spent
from swarm.core.prices import Price
from swarm.core.state import RunState

MOST_OUTPUT_TOKENS = 16_384
"""Tokens that a reply may have under a budget where nothing else limits it."""

LEAST_OUTPUT_TOKENS = 512
"""A reply that may not have as many tokens as this is not worth asking for."""

NOTICE_SHARE = 0.8
"""The share of a cap from which on a person is told."""

_CENT_OF_A_CENT = 1e-9
_MOMENT_S = 0.001


@dataclass(frozen=True, slots=True)
class Cap:
    """One limit and the balance that counts against it.

    Attributes:
        now_s: the time, in seconds of the run.
        owner: whose it is, in words: ``the run``, ``the role worker``, ``the subtask parser``.
        limit: the most; in the unit ``unit``.
        name: the limit's name in settings.
        pauses: a call that does not fit pauses the run; otherwise its subtask fails.
    """

    balance: Balance
    now_s: float
    owner: str
    unit: str
    limit: float
    name: str
    pauses: bool

    @property
    def spent(self) -> float:
        """What is used up for good."""
        return {
            "tokens": self.balance.tokens_spent,
            "dollars": self.balance.usd_spent,
            "model calls": self.balance.calls_spent,
            "seconds": self.balance.seconds(self.now_s),
        }[self.unit]

    @property
    def held(self) -> float:
        """What the calls in flight may take."""
        return {
            "tokens": self.balance.tokens_held,
            "dollars": self.balance.usd_held,
            "model calls": self.balance.calls_held,
            "seconds": 0,
        }[self.unit]

    def need(self, reserved: Reservation) -> float:
        """Return what a call takes of it at most. Of time nobody knows: a call is made while there is some left."""
        return {
            "tokens": reserved.tokens,
            "dollars": reserved.cost_usd or 0.0,
            "model calls": 1,
            "seconds": _MOMENT_S,
        }[self.unit]

    def fits(self, amount: float) -> bool:
        """Whether so much more stays within the limit."""
        return amount <= self.limit + (_CENT_OF_A_CENT if self.unit == "dollars" else 0)

    def amount(self, value: float) -> str:
        """Return an amount in words."""
        return f"${value:,.4f}" if self.unit == "dollars" else f"{value:,.0f} {self.unit}"


@dataclass(frozen=True, slots=True)
class Refused:
    """The call is not made: ``reason`` says which cap it would exceed; ``pauses`` whether that stops the run."""

    reason: str
    pauses: bool


@dataclass(frozen=True, slots=True)
class Question:
    """A model call that somebody wants to make.

    Attributes:
        role: which role asks, for which subtask.
        input_tokens: tokens of its prompt, by estimate.
        output_tokens: the most tokens that the reply should have.
        likely_output_tokens: how long replies mostly are.
        price: the dearest of those who may answer; ``None`` where one is not known.
    """

    role: str
    subtask_id: str
    input_tokens: int
    output_tokens: int
    likely_output_tokens: int
    price: Price | None

    def reservation(self, output_tokens: int) -> Reservation:
        """Return what the call may take with a reply of at most so many tokens."""
        lost = min(self.likely_output_tokens, output_tokens) if output_tokens else self.likely_output_tokens
        if self.price is None:
            return Reservation(self.input_tokens, output_tokens, None, lost)
        most = self.price.most_usd(self.input_tokens, output_tokens)
        return Reservation(self.input_tokens, output_tokens, most, lost, self.price.most_usd(self.input_tokens, lost))


def caps_of(limits: Limits, ledger: Ledger, role: str, subtask_id: str) -> Iterator[Cap]:
    """Yield the caps that a call counts against."""
    yield from run_caps(limits, ledger)
    yield from role_caps(limits, ledger, role)
    yield from subtask_caps(limits, ledger, subtask_id)


def run_caps(limits: Limits, ledger: Ledger) -> Iterator[Cap]:
    """Yield the caps of the whole run."""
    for limit, unit, name in (
        (limits.max_tokens, "tokens", "max-tokens"),
        (limits.max_cost_usd, "dollars", "max-cost"),
        (limits.max_calls, "model calls", "max-calls"),
    ):
        if limit is not None:
            yield Cap(ledger.run, ledger.now_s, "the run", unit, limit, name, pauses=True)


def role_caps(limits: Limits, ledger: Ledger, role: str) -> Iterator[Cap]:
    """Yield the caps of a role."""
    own = limits.roles.get(role)
    if own is None:
        return
    for limit, unit, name in (
        (own.max_tokens, "tokens", "max_tokens"),
        (own.max_cost_usd, "dollars", "max_cost_usd"),
        (own.max_calls, "model calls", "max_calls"),
        (own.max_time_s, "seconds", "max_time_s"),
    ):
        if limit is not None:
            owner, full_name = f"the role {role}", f"roles.{role}.{name}"
            yield Cap(ledger.role(role), ledger.now_s, owner, unit, limit, full_name, pauses=True)


def subtask_caps(limits: Limits, ledger: Ledger, subtask_id: str) -> Iterator[Cap]:
    """Yield the caps of a subtask's own attempts."""
    for limit, unit, name in (
        (limits.max_subtask_tokens, "tokens", "max_subtask_tokens"),
        (limits.max_subtask_cost_usd, "dollars", "max_subtask_cost_usd"),
        (limits.max_subtask_calls, "model calls", "max_subtask_calls"),
        (limits.max_subtask_time_s, "seconds", "max_subtask_time_s"),
    ):
        if limit is not None:
            owner = f"the subtask {subtask_id}"
            yield Cap(ledger.subtask(subtask_id), ledger.now_s, owner, unit, limit, name, pauses=False)


def admit(ledger: Ledger, limits: Limits, question: Question) -> Reservation | Refused | None:
    """Decide on a call.

    Returns:
        What it may take; why it is refused; or None: it should wait until a call in flight is over.
    """
    caps = list(caps_of(limits, ledger, question.role, question.subtask_id))
    if all(cap.unit in ("model calls", "seconds") for cap in caps):
        wanted = least = question.reservation(0)
    else:
        wanted = question.reservation(question.output_tokens)
        least = question.reservation(min(question.output_tokens, LEAST_OUTPUT_TOKENS))
    tight = [cap for cap in caps if not cap.fits(cap.spent + cap.held + cap.need(wanted))]
    if not tight:
        return wanted
    for cap in tight:
        if not cap.fits(cap.spent + cap.need(least)):
            return Refused(_why(cap, least), cap.pauses)
    if any(cap.balance.calls_held for cap in tight):
        return None
    return question.reservation(min(_room(cap, question) for cap in tight))


def has_room(limits: Limits, ledger: Ledger, role: str, subtask_id: str, spent: Spent, seconds: float) -> bool:
    """Whether as much as was spent, and so many seconds, fit into every cap once more, beside all that is in flight."""
    amounts = {
        "tokens": spent.usage.total_tokens,
        "dollars": spent.priced_usd,
        "model calls": spent.calls,
        "seconds": seconds,
    }
    return all(cap.fits(cap.spent + cap.held + amounts[cap.unit]) for cap in caps_of(limits, ledger, role, subtask_id))


def _room(cap: Cap, question: Question) -> int:
    """Return how many tokens of a reply fit into a cap when nothing else is in flight."""
    left = cap.limit - cap.spent
    if cap.unit == "tokens":
        return min(question.output_tokens, int(left) - question.input_tokens)
    if cap.unit != "dollars" or question.price is None or not question.price.output:
        return question.output_tokens
    left -= question.price.most_usd(question.input_tokens, 0)
    return min(question.output_tokens, max(LEAST_OUTPUT_TOKENS, int(left / question.price.output * 1e6)))


def _why(cap: Cap, least: Reservation) -> str:
    spent, limit, need = (cap.amount(value) for value in (cap.spent, cap.limit, cap.need(least)))
    if cap.unit == "seconds":
        return f"{cap.owner} has used {spent} of {limit} ({cap.name})"
    return f"{cap.owner} has used {spent} of {limit}, and the next call may take {need} ({cap.name})"


def exceeded_time(state: RunState, now: float) -> str:
    """Say that the run's time is up at a moment in Unix seconds, or return an empty string."""
    assert state.task is not None
    limit = state.task.limits.max_time_s
    if limit is None or (used := state.time.at(now, parked=state.parked is not None)) < limit:
        return ""
    return f"the run has used {used:,.6g} of {limit:,.6g} seconds (max-time)"


def _time_notice(state: RunState) -> list[NoteRecorded]:
    assert state.task is not None
    limit = state.task.limits.max_time_s
    if limit is None or state.active_s < NOTICE_SHARE * limit:
        return []
    words = f"the run has used {state.active_s:,.0f} of {limit:,.6g} seconds (max-time)"
    return [NoteRecorded(words, notice=f"the run: max-time {limit}")]


def is_capped(limits: Limits) -> bool:
    """Whether anything limits what the run, a role or a subtask may use up."""
    whole = (limits.max_tokens, limits.max_cost_usd, limits.max_calls, limits.max_time_s)
    return whole != (None, None, None, None) or bool(limits.roles) or limits.caps_subtasks


def due_notices(state: RunState) -> list[NoteRecorded]:
    """Return a note for each cap that is nearly used up and of which nobody has been told yet."""
    assert state.task is not None
    limits, ledger = state.task.limits, state.ledger
    caps = [(cap, "") for cap in run_caps(limits, ledger)]
    caps += [(cap, "") for role in limits.roles for cap in role_caps(limits, ledger, role)]
    if limits.caps_subtasks:
        caps += [(cap, name) for name in sorted(ledger.touched) for cap in subtask_caps(limits, ledger, name)]
    ledger.touched.clear()
    nearly = [(cap, name) for cap, name in caps if cap.spent >= NOTICE_SHARE * cap.limit]
    notes = [
        NoteRecorded(
            f"{cap.owner} has used {cap.amount(cap.spent)} of {cap.amount(cap.limit)} ({cap.name})",
            name,
            notice=f"{cap.owner}: {cap.name} {cap.limit}",
        )
        for cap, name in nearly
    ]
    return [note for note in (*_time_notice(state), *notes) if note.notice not in state.noticed]
