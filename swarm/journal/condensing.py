"""Which events a fold of a whole run can do without.

Nearly all events of a long run are steps of agents. Each reply says what its attempt has spent so far, so that of all
steps of an attempt only the last one matters to the run: a history without the others folds to the same state. What is
left grows with the plan and the attempts, not with the conversations. (An attempt's own conversation is read whole,
when that attempt is at work or somebody asks for it.)
"""

import sqlite3
from itertools import chain

from swarm.errors import JournalUnreadable
from swarm.journal.schema import NOT_A_STEP

STEP_TYPES = frozenset(
    {
        "attempt_opened",
        "model_called",
        "model_replied",
        "tool_called",
        "tool_returned",
        "workspace_snapshotted",
        "agent_nudged",
    }
)
"""Types of events that a condensed history leaves out, but for the last step of each attempt."""

RECENT_S = 60.0
"""Replies of the run's last so many seconds are kept: views count calls a minute."""

MAX_RECENT_ROWS = 20_000

_TELLING = frozenset({"model_called", "model_replied", "tool_called"})
_EXTENDING = frozenset({"plan_extended", "plan_patched", "subtask_handed_back", "change_removed"})
"""Events of an attempt that change which subtasks there are, or open one again."""

_BETWEEN_SESSIONS = ("run_opened", "cancel_requested", "plan_approved", "replan_asked")
"""Events that may be recorded while nobody drives the run: what people ask of it then is among them."""

_TOTAL = b'"spent":{'
"""Stands in the body of a reply that says what its attempt has spent; within a string the quotes were escaped."""


def condensed(connection: sqlite3.Connection, *, recent_s: float = RECENT_S) -> list[int]:
    """Return the sequence numbers of the events that fold to the state of the run, in order.

    Args:
        connection: the journal.
        recent_s: replies of the run's last so many seconds are among them, for the rate of calls.

    Raises:
        JournalUnreadable: an event is missing.
        sqlite3.Error: the file cannot be read.
    """
    last = _last_of_all(connection)
    if not last:
        return []
    kept = {seq for (seq,) in connection.execute(f"SELECT seq FROM events WHERE {NOT_A_STEP}")}  # noqa: S608
    kept.update(chain.from_iterable(_last_step(connection, name) for name in _askers(connection)))
    # A session lasts until its last event, whatever that says; so does the run.
    for name in _BETWEEN_SESSIONS:
        for seq in _seqs_of_type(connection, name):
            kept.update((seq - 1, *_reply_to(connection, seq - 1)))
    if recent_s:
        kept.update(_recent_replies(connection, last, recent_s))
    kept.add(last)
    return sorted(seq for seq in kept if 0 < seq <= last)


def milestones(connection: sqlite3.Connection) -> list[int]:
    """Return the sequence numbers, in order, of what happened to the run and to subtasks, not to single attempts.

    They fold to the run's status, its task, and which subtasks there are and have ended; to nothing about attempts.

    Raises:
        JournalUnreadable: an event is missing.
        sqlite3.Error: the file cannot be read.
    """
    _last_of_all(connection)
    names = ", ".join(f"'{name}'" for name in sorted(_EXTENDING))
    query = f"SELECT seq FROM events WHERE {NOT_A_STEP} AND (attempt_id = '' OR type IN ({names}))"  # noqa: S608
    return sorted(seq for (seq,) in connection.execute(query))


def _last_of_all(connection: sqlite3.Connection) -> int:
    count, last = connection.execute(
        "SELECT (SELECT count(*) FROM events), (SELECT coalesce(max(seq), 0) FROM events)"
    ).fetchone()
    if count != last:
        raise JournalUnreadable(f"{abs(last - count)} of {last} events are missing from the journal: it is damaged")
    return int(last)


def _of_type(connection: sqlite3.Connection, name: str) -> list[str]:
    query = f"SELECT DISTINCT attempt_id FROM events WHERE {NOT_A_STEP} AND type = ?"  # noqa: S608
    return [attempt_id for (attempt_id,) in connection.execute(query, (name,))]


def _askers(connection: sqlite3.Connection) -> list[str]:
    """Return whose conversations there are: those of attempts and of judges."""
    return [*_of_type(connection, "attempt_started"), *_of_type(connection, "judge_started")]


def _seqs_of_type(connection: sqlite3.Connection, name: str) -> list[int]:
    query = f"SELECT seq FROM events WHERE {NOT_A_STEP} AND type = ?"  # noqa: S608
    return [seq for (seq,) in connection.execute(query, (name,))]


def _last_step(connection: sqlite3.Connection, attempt_id: str) -> list[int]:
    """Return the telling events of an attempt from its last reply's call on; of more when that reply has no total."""
    kept: list[int] = []
    total_known = False
    rows = connection.execute(
        "SELECT seq, type, type = 'model_replied' AND instr(body, ?) FROM events"
        " WHERE attempt_id = ? ORDER BY seq DESC",
        (_TOTAL, attempt_id),
    )
    for seq, name, has_total in rows:
        if name in _TELLING:
            kept.append(seq)
        total_known = total_known or bool(has_total)
        if total_known and name == "model_called":
            break
    rows.close()
    return kept


def _reply_to(connection: sqlite3.Connection, seq: int) -> list[int]:
    """Return the reply to the model call at ``seq``: a call that is kept without it would be taken for cut off."""
    rows = connection.execute(
        "SELECT min(reply.seq) FROM events AS call JOIN events AS reply ON reply.attempt_id = call.attempt_id"
        " WHERE call.seq = ? AND call.type = 'model_called' AND reply.seq > call.seq AND reply.type = 'model_replied'",
        (seq,),
    )
    return [reply for (reply,) in rows if reply is not None]


def _recent_replies(connection: sqlite3.Connection, last: int, recent_s: float) -> list[int]:
    (until,) = connection.execute("SELECT at FROM events WHERE seq = ?", (last,)).fetchone()
    rows = connection.execute(
        "SELECT seq, at, type FROM events WHERE seq > ? ORDER BY seq DESC", (last - MAX_RECENT_ROWS,)
    )
    kept = []
    for seq, at, name in rows:
        if at < until - recent_s:
            break
        if name == "model_replied":
            kept.append(seq)
    rows.close()
    return kept
