"""What is said to and by a model, and what an agent hands in."""

from dataclasses import dataclass
from enum import StrEnum

from swarm.core.limits import Usage

CONTENT_FILTER = "content_filter"
"""The reason why a reply ended that the server's filter has kept back."""


class Role(StrEnum):
    """Who speaks in a conversation."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"
    TOOL = "tool"


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call that a model asks for. ``arguments`` is the JSON text exactly as the model wrote it."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Reply:
    """One complete model reply, kept as it came.

    Attributes:
        content: the text, without reasoning.
        reasoning: the reasoning text, byte for byte, or empty.
        reasoning_field: the wire's name of the reasoning field (``reasoning_content``, ``reasoning``), empty when
            the server sent none; it goes back under the same name.
        tool_calls: the calls, in the order they were declared.
        finish_reason: what the server said: ``stop``, ``tool_calls``, ``length``, ...
        model: the model that answered, by the server's own word.
        usage: tokens used.
    """

    content: str = ""
    reasoning: str = ""
    reasoning_field: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    finish_reason: str = "stop"
    model: str = ""
    usage: Usage = Usage()


def is_other_model(asked: str, answered: str) -> bool:
    """Whether the model that a server says has answered is another than was asked; its name with more to it is not."""
    asked, answered = asked.lower(), answered.lower()
    return bool(asked and answered) and asked not in answered and answered not in asked


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a conversation.

    ``reply`` is set for the assistant's messages; ``tool_call_id`` for the tools' ones.
    """

    role: Role
    content: str = ""
    reply: Reply | None = None
    tool_call_id: str = ""


@dataclass(frozen=True, slots=True)
class Handoff:
    """What an agent hands in; it flows to dependents and to the planner.

    Attributes:
        summary: what was done, in the agent's words: a claim, not evidence.
        decisions: choices that others must know of.
        concerns: what the agent is not sure about.
        files_changed: paths that differ from the attempt's base, as git saw them.
        commit: the commit that holds the work; empty when nothing changed.
    """

    summary: str
    decisions: tuple[str, ...] = ()
    concerns: tuple[str, ...] = ()
    files_changed: tuple[str, ...] = ()
    commit: str = ""


_SHELL_SIGNAL_BASE = 128
_LAST_SIGNAL = 31


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The evidence of one check.

    Attributes:
        command: the command line that ran.
        exit_code: its exit code; ``None`` when it was stopped at its time limit.
        seconds: how long it took.
        output: head and tail of what it printed.
        output_digest: sha256 of all that it printed, in hex.
        commit: the commit whose files it ran on.
        sandbox: where it ran: the level of the sandbox.
        output_bytes: how much it printed in all.
        hidden: it ran with files that no agent may see.
        runs: how often it ran, each time in a clean checkout; the rest is what the last time came to.
        stopped: why it was stopped before its end: it printed too much, say; empty when it was not, or for its time.
    """

    command: str
    exit_code: int | None
    seconds: float
    output: str
    output_digest: str
    commit: str = ""
    sandbox: str = ""
    output_bytes: int = 0
    hidden: bool = False
    runs: int = 1
    stopped: str = ""

    @property
    def passed(self) -> bool:
        """Whether the command ended with exit code 0."""
        return self.exit_code == 0

    @property
    def flaky(self) -> bool:
        """Whether it failed and then passed on the very same commit."""
        return self.passed and self.runs > 1

    @property
    def signal(self) -> int:
        """The signal that killed it, its own or as its shell tells it; 0 when none did."""
        code = self.exit_code or 0
        if code < 0:
            return -code
        return code - _SHELL_SIGNAL_BASE if _SHELL_SIGNAL_BASE < code <= _SHELL_SIGNAL_BASE + _LAST_SIGNAL else 0


class JudgeVote(StrEnum):
    """What a judge says. ``NONE``: nothing that could be read."""

    FOR = "pass"
    AGAINST = "fail"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one judge said: evidence of a kind of its own.

    Attributes:
        judge_id: the id of its conversation.
        model: the model that answered.
        vote: what it says.
        reasons: why.
        score: how good it finds the work, from 0 to 10, if it says so.
    """

    judge_id: str
    model: str
    vote: JudgeVote
    reasons: tuple[str, ...] = ()
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a verifier found. ``reason`` explains a rejection in words that an agent can act on.

    ``verified`` is false for accepted work that nothing could be run against: accepted, but without evidence.

    Attributes:
        touched_tests: files that a check names, that were there before and that the work changed.
        touched_settings: what else the work changed that decides what tests, hooks or builds do.
        judgements: what judges said, after the checks.
    """

    accepted: bool
    verified: bool
    reason: str = ""
    checks: tuple[CheckResult, ...] = ()
    touched_tests: tuple[str, ...] = ()
    touched_settings: tuple[str, ...] = ()
    judgements: tuple[Judgement, ...] = ()
