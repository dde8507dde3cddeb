"""Named places in the code where a crash test can end the process, as if the machine had been switched off there.

``SWARM_FAILPOINT=NAME`` or ``SWARM_FAILPOINT=NAME:COUNT`` makes the process kill itself with SIGKILL when it reaches
the place for the COUNT-th time. Nothing is cleaned up, flushed or told to anybody. The variable is read once, when
this module is loaded; without it reaching a place is an empty function call.
"""

import os
import signal
import threading
from collections.abc import Callable, Mapping

VARIABLE = "SWARM_FAILPOINT"

FAILPOINTS: Mapping[str, str] = {
    "open.restored": "the journal is folded; nothing else of the run is open yet",
    "open.prepared": "everything is put together; that this process drives the run is not recorded",
    "open.recorded": "that this process drives the run is recorded; nothing is dispatched",
    "journal.upgrading": "an older journal is copied and changed; the change is not committed",
    "journal.before-commit": "a group of events is about to be written",
    "journal.after-commit": "a group of events is on disk; nobody has been told",
    "recover.rebuilt": "a damaged journal's sound events are in a new file; the damaged one is still in its place",
    "recover.moving": "the parts of a damaged journal are being moved aside",
    "decision.before-commit": "the scheduler has decided; its facts are not recorded",
    "decision.after-commit": "the facts are recorded; their commands are not carried out",
    "model.before-intent": "a model call is due; its intent is not recorded",
    "model.after-intent": "the intent of a model call is recorded; the request is not sent",
    "model.answered": "the endpoint has answered the request with its headers; no byte of the reply is read",
    "model.mid-stream": "a part of a reply has arrived",
    "model.reply-complete": "the reply is complete; it is not recorded",
    "model.after-commit": "the reply is recorded; nothing is done with it",
    "tool.after-intent": "the intent of a tool call is recorded; nothing is done yet",
    "tool.running": "a tool, a check or a removal has started a process",
    "tool.done": "a tool call has had its effect; nothing is known of it but in memory",
    "tool.kept": "the outcome of a tool call is kept beside the workspace; it is not recorded",
    "snapshot.taken": "the workspace's files are a git tree; the tree is not recorded",
    "clone.files-written": "a workspace has its files, but no clone",
    "clone.half-made": "an agent's clone is written, but not in its place",
    "workspace.renewed": "a folder of another workspace is a new one; it does not have the attempt's name",
    "commit.unnamed": "an attempt's commit is made in the intake; no reference names it",
    "handin.bundled": "an attempt's commit is in a bundle; nothing of it is in the run's repository",
    "handin.taken-in": "what is in the bundle is in the run's repository; no reference there names it",
    "handin.named": "the attempt's reference in the run's repository is at its commit; the hand-in is not recorded",
    "handin.recorded": "a hand-in is recorded; its checks have not begun",
    "verdict.unrecorded": "the checks of a hand-in are over; the verdict is not recorded",
    "merge.tree-made": "two sides are merged as a tree; there is no commit",
    "merge.commit-made": "the merge commit is made; the branch is where it was",
    "merge.branch-moved": "the branch is at the merge commit; that is not recorded",
    "merge.conflicted": "a merge ended in a conflict; that is not recorded",
    "removal.tree-made": "a change is taken out of a tree; there is no commit",
    "removal.commit-made": "the commit without a change is made; the branch is where it was",
    "removal.branch-moved": "the branch is at the commit without the change; that is not recorded",
    "head-check.done": "checks on a head of the branch are over; what they found is not recorded",
    "run.ended": "the run's end is recorded; its branch may not be in the user's repository yet",
    "publish.before-fetch": "the branch is about to be copied to the user's repository",
    "publish.after-fetch": "the branch is copied to the user's repository",
}
"""Every failpoint, and what has and has not happened when it is reached."""


def end_process() -> None:
    """Kill this process with SIGKILL."""
    os.kill(os.getpid(), signal.SIGKILL)


def failpoint(setting: str, end: Callable[[], None] = end_process) -> Callable[[str], None]:
    """Return the function that is called with the name of each place.

    Args:
        setting: ``NAME`` or ``NAME:COUNT``; nothing happens anywhere when it is empty.
        end: called when the place is reached for the COUNT-th time.

    Raises:
        ValueError: there is no failpoint of that name, or the count is not a positive number.
    """
    if not setting:
        return lambda _: None
    armed, _, digits = setting.partition(":")
    if armed not in FAILPOINTS:
        raise ValueError(f"{VARIABLE} names {armed!r}, which is no failpoint; they are: {', '.join(FAILPOINTS)}")
    if digits and not (digits.isascii() and digits.isdigit() and int(digits)):
        raise ValueError(f"{VARIABLE} counts to {digits!r}, which is not a positive number")
    left = int(digits or 1)
    lock = threading.Lock()  # some places are reached on threads of their own

    def reach_armed(name: str) -> None:
        nonlocal left
        if name != armed:
            return
        with lock:
            left -= 1
            if left == 0:
                end()

    return reach_armed


reach = failpoint(os.environ.get(VARIABLE, ""))
"""Called by the code with the name of the place that it has reached."""
