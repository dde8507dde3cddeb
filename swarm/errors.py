"""The one error tree.

Every error that swarm raises on purpose is a :class:`SwarmError`. ``code`` is stable and machine-readable,
``retryable`` says whether the same call may succeed later, ``hint`` says what a person can do, ``exit_code`` is
what the command line ends with when nothing handles it.

    SwarmError
    ├── UsageError                  exit 2: what the user gave is wrong
    │   ├── PlanError               a plan that is not a DAG of subtasks; names the subtask
    │   ├── TaskError               a task file or folder that cannot be used; names file and field
    │   ├── ScenarioError           a scenario of the simulated endpoint that cannot be used
    │   ├── RepositoryError         not a repository, no commit, missing objects
    │   ├── RunNotFound             no run, or more than one, has that id
    │   └── RunOwned                another live process drives the run
    ├── ConfigError                 exit 3: no endpoint, no model, no key, a bad setting
    │   └── SandboxUnavailable      no sandbox works here and nobody consented to do without
    ├── EndpointError               exit 4: what a model endpoint did; the run stays resumable
    │   ├── EndpointUnavailable     refused, reset, timed out, 5xx (retryable)
    │   ├── RateLimited             429, 503 with Retry-After, 529 (retryable, costs no try)
    │   ├── ReplyIncomplete         the reply broke off before its end (retryable)
    │   ├── ReplyInvalid            the reply is not a chat completion
    │   ├── ReplyTooLarge           the reply is over what a client takes: size, number of calls
    │   ├── QuotaExhausted          the account has no credit left
    │   ├── AccessDenied            exit 3: 401 or 403
    │   ├── ModelNotFound           exit 3: 404 for the model
    │   ├── ContextOverflow         the conversation is longer than the model's window
    │   └── RequestRejected         any other 4xx
    ├── LimitReached                exit 5: a limit of the run; resumable with a higher one
    ├── PersonNeeded                exit 6: the run waits for a person
    ├── JournalError                exit 7
    │   ├── JournalUnreadable       not a journal, damaged, or of another run
    │   ├── JournalTooNew           written by a newer swarm
    │   ├── ArchiveInvalid          not an archive of a run, cut off, or not what its manifest says
    │   ├── JournalFenced           another process has taken the run over
    │   └── JournalWriteFailed      the disk refused a commit
    ├── WorkspaceError              git or the file system failed under an attempt
    │   ├── GitError                a git command failed
    │   ├── HandInRefused           git's checks refuse an object of what an attempt hands in
    │   └── MergeUncertain          a merge failed, and nobody knows whether the branch has moved
    └── ToolError                   a tool call that cannot be carried out; told to the model, never fatal
"""

import errno
from typing import ClassVar


class SwarmError(Exception):
    """Base of every error raised on purpose.

    Args:
        message: one sentence for a person, naming the place.
        hint: what to do about it; empty when there is nothing useful to say.
    """

    code: ClassVar[str] = "error"
    retryable: ClassVar[bool] = False
    exit_code: ClassVar[int] = 1
    default_hint: ClassVar[str] = ""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint or self.default_hint


class UsageError(SwarmError):
    """What the user gave is wrong: a flag, an argument, a file."""

    code = "usage"
    exit_code = 2


class PlanError(UsageError):
    """A plan that cannot be carried out. ``subtask`` names the offender where there is one."""

    code = "plan_invalid"

    def __init__(self, message: str, *, subtask: str | None = None, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.subtask = subtask


class TaskError(UsageError):
    """A task file or folder that cannot be used."""

    code = "task_invalid"


class ScenarioError(UsageError):
    """A scenario of the simulated endpoint that cannot be used."""

    code = "scenario_invalid"


class RepositoryError(UsageError):
    """The target is not a git repository that a run can work on."""

    code = "repository_invalid"


class RunNotFound(UsageError):
    """No run has that id, or the prefix fits several."""

    code = "run_not_found"
    default_hint = "`swarm list` shows the runs of this machine."


class RunOwned(UsageError):
    """Another live process drives this run."""

    code = "run_owned"
    default_hint = "Stop the other process first, or follow the run with `swarm status`."


class ConfigError(SwarmError):
    """No endpoint, model or key is configured, or a setting is wrong."""

    code = "config"
    exit_code = 3


class SandboxUnavailable(ConfigError):
    """No sandbox works on this machine and nobody consented to run without one."""

    code = "sandbox_unavailable"
    default_hint = (
        "Install bubblewrap (for example `apt install bubblewrap`) and allow user namespaces, or accept the risk with "
        "`--sandbox none`."
    )


class EndpointError(SwarmError):
    """A model endpoint did not give a usable reply.

    Args:
        message: one sentence; never holds a key or a raw body.
        status: the HTTP status, when there was one.
        retry_after_s: seconds that the server asked to wait, when it did.

    Attributes:
        role: for which role it was asked, where that is known.
    """

    code = "endpoint"
    exit_code = 4

    def __init__(
        self, message: str, *, hint: str = "", status: int | None = None, retry_after_s: float | None = None
    ) -> None:
        super().__init__(message, hint=hint)
        self.status = status
        self.retry_after_s = retry_after_s
        self.role = ""


class EndpointUnavailable(EndpointError):
    """Refused, reset, timed out, or a server error: trying again may help."""

    code = "endpoint_unavailable"
    retryable = True
    default_hint = "Check that the server runs and that the base URL is right; `swarm resume` goes on from here."


class RateLimited(EndpointError):
    """The endpoint asks for fewer calls; waiting costs no try."""

    code = "rate_limited"
    retryable = True


class ReplyIncomplete(EndpointError):
    """The reply broke off before its end and was thrown away whole."""

    code = "reply_incomplete"
    retryable = True


class ReplyInvalid(EndpointError):
    """What came back is not a chat completion."""

    code = "reply_invalid"
    default_hint = "Is the base URL that of an OpenAI-compatible API (often it ends in /v1)?"


class ReplyTooLarge(EndpointError):
    """The reply is larger than a client takes; a model ran away, the endpoint is not to blame."""

    code = "reply_too_large"


class QuotaExhausted(EndpointError):
    """The account has no credit or quota left; retrying cannot help."""

    code = "quota_exhausted"
    default_hint = "Top up the account or name another endpoint, then `swarm resume`."


class AccessDenied(EndpointError):
    """The endpoint refused the key."""

    code = "access_denied"
    exit_code = 3
    default_hint = "Check the API key (OPENAI_API_KEY or SWARM_API_KEY); a paused run goes on with `swarm resume`."


class ModelNotFound(EndpointError):
    """The endpoint does not serve the model that was asked for."""

    code = "model_not_found"
    exit_code = 3
    default_hint = "Choose one that it serves with --model; a paused run goes on with `swarm resume --model NAME`."


class ContextOverflow(EndpointError):
    """The conversation is longer than the model's context window."""

    code = "context_overflow"


class RequestRejected(EndpointError):
    """The endpoint refused the request itself; the same request will be refused again."""

    code = "request_rejected"


class LimitReached(SwarmError):
    """A limit of the run was reached; the run is paused and can be resumed with a higher one."""

    code = "limit_reached"
    exit_code = 5
    default_hint = "Raise the limit: `swarm resume RUN --max-tokens N` (or --max-cost, --max-calls, --max-time)."


class PersonNeeded(SwarmError):
    """The run waits for a person's answer."""

    code = "person_needed"
    exit_code = 6


class JournalError(SwarmError):
    """The journal of a run cannot be used."""

    code = "journal"
    exit_code = 7


class JournalUnreadable(JournalError):
    """Not a journal, damaged, or another run's."""

    code = "journal_unreadable"
    default_hint = "`swarm recover RUN` restores the newest sound state, says what is lost and keeps the damaged file."


class JournalTooNew(JournalError):
    """Written by a newer version of swarm."""

    code = "journal_too_new"
    default_hint = "Upgrade swarm, then try again; the run is untouched."


class ArchiveInvalid(JournalError):
    """Not an archive of a run, cut off, damaged, or different from its manifest."""

    code = "archive_invalid"
    default_hint = "Nothing was imported. Copy the file again, or export the run again."


class JournalFenced(JournalError):
    """Another process has taken the run over; nothing more is written by this one."""

    code = "journal_fenced"


class JournalWriteFailed(JournalError):
    """The disk refused a commit; what was acknowledged before is safe."""

    code = "journal_write_failed"
    default_hint = "Free some disk space, then `swarm resume`."


class WorkspaceError(SwarmError):
    """Git or the file system failed under an attempt."""

    code = "workspace"


class GitError(WorkspaceError):
    """A git command failed. ``stderr`` holds what it said, shortened."""

    code = "git"

    def __init__(self, message: str, *, stderr: str = "", hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.stderr = stderr


class HandInRefused(WorkspaceError):
    """What an attempt hands in holds an object that git's own checks refuse; the message names it, for the agent."""

    code = "hand_in_refused"


class MergeUncertain(WorkspaceError):
    """A merge failed, and it is not known whether the run's branch has moved; the next process finishes it first."""

    code = "merge_uncertain"
    default_hint = "See that the disk of the run's folder is well, then `swarm resume`."


class ToolError(SwarmError):
    """A tool call that cannot be carried out; the message goes to the model."""

    code = "tool"


_SYSTEMIC = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN)
_SYSTEMIC_WORDS = ("No space left on device", "Read-only file system", "Disk quota exceeded", "could not be started")
# What git says when objects of the user's repository, which every run reads, are gone from under it.
_OBJECTS_GONE = (
    "check .git/objects/info/alternates",
    "unable to normalize alternate object path",
    "bad object",
    "missing blob",
    "unable to read ",
)


def is_systemic(error: BaseException) -> bool:
    """Whether the machine itself failed, so that trying again elsewhere in the run cannot help before a person does.

    A full or read-only disk, no processes or memory left, a program that cannot be started, a repository that is gone.
    """
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError) and cause.errno in _SYSTEMIC:
            return True
        said = getattr(cause, "stderr", "") or (str(cause) if isinstance(cause, WorkspaceError) else "")
        if any(words in said for words in (*_SYSTEMIC_WORDS, *_OBJECTS_GONE)):
            return True
        cause = cause.__cause__
    return False
