"""Tool calls put together from the deltas of a stream, however the server cuts and numbers them: pure."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from swarm.core.messages import ToolCall
from swarm.errors import ReplyIncomplete, ReplyTooLarge

MAX_CALLS = 64
MAX_ARGUMENT_BYTES = 1024 * 1024


class _OpenCall:
    """A call under construction."""

    __slots__ = ("id", "index", "name", "pieces")

    def __init__(self, index: int | None) -> None:
        self.index = index
        self.id = ""
        self.name = ""
        self.pieces: list[str] = []


class CallAssembly:
    """Collects the calls of one reply in the order in which they were opened."""

    __slots__ = ("_argument_bytes", "_calls")

    def __init__(self) -> None:
        self._calls: list[_OpenCall] = []
        self._argument_bytes = 0

    @property
    def argument_bytes(self) -> int:
        """How large all arguments are so far, in characters."""
        return self._argument_bytes

    @property
    def are_whole(self) -> bool:
        """Whether the arguments of every call are a JSON object."""
        return all(_is_complete(call) for call in self._calls)

    def __bool__(self) -> bool:
        return bool(self._calls)

    def add(self, delta: Mapping[str, Any]) -> None:
        """Take one entry of a ``tool_calls`` list.

        Raises:
            ReplyTooLarge: there are more or larger calls than allowed.
        """
        function = delta.get("function")
        function = function if isinstance(function, Mapping) else {}
        call_id, name = _text(delta.get("id")), _text(function.get("name"))
        index = delta.get("index")
        arguments = function.get("arguments")
        numbered = index if isinstance(index, int) else None
        call = self._find(numbered, call_id, name, has_arguments=bool(arguments))
        call.id = call.id or call_id
        if not call.name:
            call.name = name
        elif name != call.name and not call.pieces:
            call.name += name
        self._add_arguments(call, arguments)

    def finish(self, completion_id: str) -> tuple[ToolCall, ...]:
        """Return the calls. Missing and repeated ids are replaced, the same way each time.

        Args:
            completion_id: the reply's own id, which keeps made-up ids of different replies apart.

        Raises:
            ReplyIncomplete: a call never got a name.
        """
        taken: set[str] = set()
        calls = []
        for position, call in enumerate(self._calls):
            if not call.name:
                raise ReplyIncomplete("the reply holds a tool call without a name")
            arguments = "".join(call.pieces)
            call_id = call.id
            if not call_id or call_id in taken:
                call_id = made_up_id(completion_id, position, call.name, arguments)
            taken.add(call_id)
            calls.append(ToolCall(call_id, call.name, arguments or "{}"))
        return tuple(calls)

    def _find(self, index: int | None, call_id: str, name: str, *, has_arguments: bool) -> _OpenCall:
        """Return the call that a delta goes on with, or a new one."""
        call = self._candidate(index, call_id, name)
        unmarked = index is None and not call_id
        if call is None or _restarts(call, call_id, name, unmarked=unmarked, has_arguments=has_arguments):
            return self._open(index)
        return call

    def _candidate(self, index: int | None, call_id: str, name: str) -> _OpenCall | None:
        calls = reversed(self._calls)
        if index is not None:
            return next((call for call in calls if call.index == index), None)
        last = self._calls[-1] if self._calls else None
        if not call_id:
            return last
        known = next((call for call in calls if call.id == call_id), None)
        return last if known is None and last and not last.id and not name else known

    def _open(self, index: int | None) -> _OpenCall:
        if len(self._calls) >= MAX_CALLS:
            raise ReplyTooLarge(f"the reply holds more than {MAX_CALLS} tool calls")
        call = _OpenCall(index)
        self._calls.append(call)
        return call

    def _add_arguments(self, call: _OpenCall, arguments: object) -> None:
        if arguments is None or arguments == "":
            return
        piece = arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)
        self._argument_bytes += len(piece)
        if self._argument_bytes > MAX_ARGUMENT_BYTES:
            raise ReplyTooLarge(f"the arguments of the reply's tool calls are larger than {MAX_ARGUMENT_BYTES} bytes")
        call.pieces.append(piece)


def made_up_id(completion_id: str, position: int, name: str, arguments: str) -> str:
    """Return an id for a call that came without a usable one: the same for the same reply."""
    seed = json.dumps([completion_id, position, name, arguments])
    return "call_" + hashlib.sha256(seed.encode()).hexdigest()[:24]


def _restarts(call: _OpenCall, call_id: str, name: str, *, unmarked: bool, has_arguments: bool) -> bool:
    """Whether a delta that seems to go on with a call opens a new one: some servers number every call 0."""
    if not name or not call.name:
        return False
    if (call_id and call.id and call_id != call.id) or (unmarked and name != call.name):
        return True
    return (has_arguments or unmarked) and _is_complete(call)


def _is_complete(call: _OpenCall) -> bool:
    """Whether the arguments so far are a JSON object: nothing can follow it."""
    if not call.pieces or not call.pieces[-1].rstrip().endswith("}"):
        return False
    try:
        return isinstance(json.loads("".join(call.pieces)), dict)
    except (ValueError, RecursionError):
        return False


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
