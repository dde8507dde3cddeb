"""The seams: where one implementation can take another's place. Each has at most three methods.

Everything here is implemented in a layer below and composed in ``runtime.py`` only.
"""

from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from swarm.core.events import Event, Recorded
from swarm.core.limits import Usage
from swarm.core.messages import CheckResult, Message, Reply, Verdict
from swarm.errors import EndpointError

JsonSchema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """What a model is told of a tool: its name, what it does, and the JSON Schema of its arguments."""

    name: str
    description: str
    parameters: JsonSchema


class CallSpool(Protocol):
    """Keeps the bytes of one call's response until its reply is recorded. Nothing of it raises."""

    def received(self) -> bytes:
        """Return what an earlier process received of this very call, complete or not; empty when nothing."""
        ...

    def begin(self) -> None:
        """Begin to keep a response, and drop what was kept of one before it."""
        ...

    def write(self, data: bytes) -> None:
        """Keep the next bytes of the response's body, as they came."""
        ...


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """One question to a model.

    Attributes:
        role: which model role is asked (``planner``, ``worker``).
        messages: the conversation, oldest first.
        tools: the tools that it may call; empty when it may call none.
        withheld: names of tools that would be refused now. They stay in the prompt, which shares its prefix with other
            calls; where a schema constrains the call, it leaves them out.
        schema: the JSON Schema that the answer's content must satisfy, for requests without tools.
        affinity: calls with the same key share a prefix and stay together where an endpoint caches prefixes.
        max_output_tokens: limit on the reply; the endpoint's own when ``None``.
        variation: how far the answer should be from the most likely one; 0 for a first attempt, more for later ones.
        spool: keeps the response while it arrives; a complete one that it holds already is the answer.
        probing: the question is whether the endpoint is back: asked although it refused the calls before.
        characters: how many :func:`swarm.core.compaction.size_of` counts in the messages, where that is known.
    """

    role: str
    messages: Sequence[Message]
    tools: Sequence[ToolSpec] = ()
    withheld: Collection[str] = ()
    schema: JsonSchema | None = None
    affinity: str = ""
    max_output_tokens: int | None = None
    variation: int = 0
    spool: CallSpool | None = None
    probing: bool = False
    characters: int = 0

    def within(self, max_output_tokens: int | None, spool: CallSpool | None) -> "ModelRequest":
        """Return the same question with another limit on the reply, kept by a spool."""
        return ModelRequest(  # `dataclasses.replace` takes four times as long, for every call
            self.role,
            self.messages,
            self.tools,
            self.withheld,
            self.schema,
            self.affinity,
            max_output_tokens,
            self.variation,
            spool,
            self.probing,
            self.characters,
        )


@dataclass(frozen=True, slots=True)
class ModelAnswer:
    """A complete reply and what it took: seconds to the first token, seconds in all, requests sent.

    ``adopted`` says that an earlier process had received it: nothing was asked for.

    ``endpoint`` and ``model`` name who was asked; by them a price is found. ``lost`` is what requests took, by
    estimate, that a server had taken on and whose replies broke off or came too late.
    """

    reply: Reply
    first_token_s: float
    seconds: float
    tries: int
    cost_usd: float | None = None
    adopted: bool = False
    endpoint: str = ""
    model: str = ""
    lost: Usage = Usage()


Delayed = Callable[[EndpointError, float], Awaitable[None]]
"""Told of every wait before a retry: the fault and the seconds to wait."""


class Model(Protocol):
    """Answers a list of messages; retries passing faults itself, within bounds."""

    def name_for(self, role: str) -> str:
        """Return the model's name for a role. Raises ConfigError when the role has none."""
        ...

    async def reply(self, request: ModelRequest, *, delayed: Delayed) -> ModelAnswer:
        """Ask once, retrying what is worth retrying.

        Raises:
            EndpointError: no complete reply was to be had; its class says why.
        """
        ...

    async def close(self) -> None:
        """Release connections. Never raises."""
        ...


@dataclass(frozen=True, slots=True)
class CommandResult:
    """What a command did.

    Attributes:
        exit_code: its exit code (negative: the signal that ended it); ``None`` when it was stopped at its time limit.
        output: head and tail of stdout and stderr together, in the order written, decoded.
        output_bytes: how much it printed in all.
        output_digest: sha256 of all that was read, in hex.
        seconds: wall time.
        stopped: why it was stopped before its end: too much memory, say; empty when it was not, or for its time limit.
    """

    exit_code: int | None
    output: str
    output_bytes: int
    output_digest: str
    seconds: float
    stopped: str = ""


class Files(Protocol):
    """The files of a workspace. Paths are relative, ``/``-separated, and never lead outside, links included."""

    def read(self, path: str) -> bytes:
        """Return a regular file's bytes. Raises ToolError (missing, outside, too large, not a regular file)."""
        ...

    def write(self, path: str, data: bytes) -> None:
        """Create or replace a file whole, folders included. Raises ToolError."""
        ...

    def walk(self, path: str = ".") -> Iterator[str]:
        """Yield the paths of the files below a folder, sorted, without ``.git``. Raises ToolError."""
        ...


class Workspace(Protocol):
    """Where an attempt's tools act."""

    @property
    def files(self) -> Files:
        """The files, from the host's side."""
        ...

    async def run(self, command: str, *, timeout_s: float) -> CommandResult:
        """Run a shell command in the sandbox. Nothing of it survives the call.

        Raises:
            WorkspaceError: the sandbox itself could not start the command.
        """
        ...

    async def snapshot(self) -> str:
        """Record the files as a git tree and return its id. Raises WorkspaceError."""
        ...

    @property
    def confined(self) -> bool:
        """Whether a command can have no effect but on the files of the workspace."""
        ...


class Workspaces(Protocol):
    """Gives each attempt a workspace of its own."""

    async def open(self, attempt_id: str, *, base_commit: str, tree: str = "") -> Workspace:
        """Create the attempt's workspace, or bring an existing one back, with exactly the files of ``tree``.

        Idempotent: whatever a killed process left is repaired. ``tree`` is that of ``base_commit`` when empty.

        Raises:
            WorkspaceError: git or the file system failed.
        """
        ...

    async def close(self, attempt_id: str) -> None:
        """Remove the attempt's workspace; snapshots stay. Never fails when there is none."""
        ...

    async def checkout(self, commit: str, *, name: str) -> Workspace:
        """Return a clean workspace with the commit's files for running checks; ``close(name)`` removes it."""
        ...


@dataclass(frozen=True, slots=True)
class KeptOutcome:
    """What a tool call came to: the model's words, whether it failed, its seconds, and the files that it left.

    ``full`` is all of its output, where the model is told less.
    """

    content: str
    failed: bool
    seconds: float
    tree: str = ""
    full: str = ""


class Outcomes(Protocol):
    """Keeps what a tool call came to until it is recorded, so that a kill in between does not make it unknown."""

    async def keep(self, attempt_id: str, step: int, index: int, outcome: KeptOutcome) -> None:
        """Keep the outcome of a call; forgets the one before. Never raises."""
        ...

    async def find(self, attempt_id: str, step: int, index: int) -> KeptOutcome | None:
        """Return the kept outcome of a call with the files that it left; None when that is not known for sure."""
        ...


@dataclass(frozen=True, slots=True)
class Merge:
    """What came of a merge: the new head, or the tree with conflict markers and the paths in conflict."""

    head: str = ""
    conflict_tree: str = ""
    conflict_paths: tuple[str, ...] = ()


class Branch(Protocol):
    """The run's branch. Only what is here moves it, in memory, by compare and swap."""

    async def merge(self, commit: str, *, head: str, message: str) -> Merge:
        """Merge a commit into the run's branch, which must be at ``head``.

        When the branch already holds the commit (a crash hid the result), its head is returned.

        Raises:
            WorkspaceError: the branch is where it was, and nothing was merged.
            MergeUncertain: git failed, and it is not known where the branch is.
        """
        ...

    async def take_out(self, merge: str, *, head: str, message: str) -> Merge:
        """Undo on the run's branch, which must be at ``head``, what a merge commit brought. Idempotent.

        Conflict paths are those that were changed again since; then nothing was undone.

        Raises:
            WorkspaceError: the branch is where it was.
            MergeUncertain: git failed, and it is not known where the branch is.
        """
        ...


class Changes(Protocol):
    """Tells what differs."""

    async def changed_paths(self, base: str, tree: str) -> tuple[str, ...]:
        """Return the paths that differ between two commits or trees, sorted."""
        ...


class Intake(Changes, Protocol):
    """What agents have made, and the way from there into the run's repository. Host git never runs in a workspace."""

    async def commit(self, attempt_id: str, *, tree: str, parent: str, message: str) -> str:
        """Commit a tree for an attempt, bring that into the run's repository, and return the commit's id. Idempotent.

        Raises:
            HandInRefused: the run's repository does not take an object of it, which stays outside.
            WorkspaceError: git or the file system failed.
        """
        ...


class Verifier(Protocol):
    """Judges a commit, with reasons."""

    async def verify(
        self,
        commit: str,
        *,
        base: str,
        checks: Sequence[str],
        name: str,
        writes: Sequence[str] = (),
        final: bool = False,
    ) -> Verdict:
        """Run checks on a clean checkout of the commit; refuse changes since ``base`` to protected paths.

        ``writes`` names files that the work was told to change; ``final``: these are the run's own checks.

        Raises:
            WorkspaceError: the checks could not be run at all.
        """
        ...

    async def try_checks(
        self, commit: str, *, checks: Sequence[str], name: str, timeout_s: float
    ) -> tuple[CheckResult, ...]:
        """Run every check on a commit, whatever comes of those before: to learn what they say of it.

        Raises:
            WorkspaceError: the checks could not be run at all.
        """
        ...


class Journal(Protocol):
    """The append-only store of a run's events: group commit, one fenced writer."""

    async def append(self, *events: Event) -> None:
        """Sequence the events at once, show them to the subscriber, and return when they are on disk.

        Raises:
            JournalError: they are not known to be on disk; nothing more may be written.
        """
        ...

    def read(self, *, after: int = 0, attempt_id: str = "") -> Iterator[Recorded]:
        """Yield recorded events in order, those of one attempt only when an id is given."""
        ...

    async def close(self) -> None:
        """Commit what is pending and release the journal."""
        ...


@dataclass(frozen=True, slots=True)
class ToolContext:
    """What a tool may use while it runs."""

    workspace: Workspace


class Tool(Protocol):
    """A named function with a JSON Schema that an agent may call."""

    @property
    def spec(self) -> ToolSpec:
        """What the model is told."""
        ...

    @property
    def read_only(self) -> bool:
        """Whether a call leaves the workspace's files as they were."""
        ...

    async def call(self, context: ToolContext, arguments: Mapping[str, Any]) -> str:
        """Carry the call out and return what the model is told. Raises ToolError."""
        ...
