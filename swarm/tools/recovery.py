"""What becomes of a tool call that a kill cut off: its intent is recorded, its result is not.

The workspace is back at its last snapshot before anybody asks. Whatever can have changed nothing but files there is
therefore simply called again. What may have had an effect elsewhere is not: the model is told, and looks for itself.
An edit of a file that snapshots do not hold (an ignored one) is verified: made again, it would not find its old text.
"""

import hashlib
from typing import Final

from swarm.core.messages import ToolCall
from swarm.core.prompts import INTERRUPTED
from swarm.errors import ToolError
from swarm.protocols import Workspace
from swarm.text import neutralise_line
from swarm.tools.arguments import parse_object
from swarm.tools.toolbox import Toolbox, ToolOutcome

EDIT: Final = "edit_file"
_ON_FILES: Final = frozenset({EDIT, "write_file"})
_IN_SANDBOX: Final = frozenset({"shell"})


def state_before(call: ToolCall, workspace: Workspace) -> str:
    """Return the digest of the file that a call of ``edit_file`` is about to edit; empty when there is no such file."""
    try:
        return hashlib.sha256(workspace.files.read(_path(call))).hexdigest()[:32]
    except ToolError:
        return ""


def outcome_after_kill(call: ToolCall, before: str, *, toolbox: Toolbox, workspace: Workspace) -> ToolOutcome | None:
    """Return what to tell the model of a call that was cut off, or None when it is to be made again.

    Args:
        call: the call, as the model wrote it.
        before: what :func:`state_before` returned before the call was first made.
        toolbox: the agent's tools.
        workspace: its files, back at the last snapshot.
    """
    if before and state_before(call, workspace) not in ("", before):
        return ToolOutcome(f"Changed {neutralise_line(_path(call))}.", failed=False)
    if toolbox.is_read_only(call.name) or call.name in _ON_FILES:
        return None
    if call.name in _IN_SANDBOX and workspace.confined:
        return None
    return ToolOutcome(INTERRUPTED, failed=True)


def _path(call: ToolCall) -> str:
    """Return the path that a call names. Raises ToolError when it names none."""
    return str(parse_object(call.name, call.arguments).get("path", ""))
