"""Facts of a person who steers a run, from whichever process."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CancelRequested:
    """A person cancels one subtask with all that depends on it, or, without an id, the whole run.

    ``request_id``, here and in the other events that have one, names the request of another process that the event
    answers, so that no request is carried out twice. ``driven`` is False when no process drove the run.
    """

    subtask_id: str = ""
    request_id: str = ""
    driven: bool = True


@dataclass(frozen=True, slots=True)
class PauseRequested:
    """A person asks for a pause from another process; :class:`RunPaused` follows. A resume does not ask again."""

    message: str
    request_id: str


@dataclass(frozen=True, slots=True)
class TellRequested:
    """A person has something to say to the agent of one subtask, or, without an id, to all, those to come included."""

    text: str
    request_id: str
    subtask_id: str = ""


@dataclass(frozen=True, slots=True)
class PersonWanted:
    """Agents are stuck with a subtask, and nothing else has helped: it waits until a person says something to it."""

    subtask_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class AgentTold:
    """The agent was told what a person said (:class:`TellRequested`), after ``step`` and before the next call."""

    attempt_id: str
    step: int
    content: str
    request_id: str
