"""How runs, subtasks and attempts end, and why a run stands still. Part of the events, which show them as theirs."""

from enum import StrEnum


class RunOutcome(StrEnum):
    """How a run ended."""

    DONE = "done"
    UNVERIFIED = "unverified"
    FAILED = "failed"
    CANCELLED = "cancelled"


class SubtaskOutcome(StrEnum):
    """How a subtask ended."""

    DONE = "done"
    UNVERIFIED = "unverified"
    FAILED = "failed"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"


class AttemptOutcome(StrEnum):
    """How an attempt ended. ``OUTRUN``: of two at the same subtask, the other one was accepted first."""

    INTEGRATED = "integrated"
    PLANNED = "planned"
    SPLIT = "split"
    REJECTED = "rejected"
    CONFLICTED = "conflicted"
    GAVE_UP = "gave_up"
    STUCK = "stuck"
    FAILED = "failed"
    OUTRUN = "outrun"
    CANCELLED = "cancelled"


class PauseReason(StrEnum):
    """Why a run stands still although it has not ended."""

    SIGNAL = "signal"
    REQUESTED = "requested"
    LIMIT = "limit"
    ENDPOINT = "endpoint"
    PERSON = "person"
    STORAGE = "storage"
    BROKEN = "broken"
    """The same bug ended attempts at several subtasks."""


class EndpointState(StrEnum):
    """How an endpoint stands.

    ``THROTTLED`` asks for a pause, ``DOWN`` fails, ``REFUSED`` takes no call before a person does something: a wrong
    key, an empty account, a model that it does not serve.
    """

    READY = "ready"
    THROTTLED = "throttled"
    DOWN = "down"
    REFUSED = "refused"
