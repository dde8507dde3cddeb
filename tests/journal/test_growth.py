"""The journal of a conversation grows by what is said, not by what was said before."""

import itertools
import random
import sqlite3
from contextlib import closing
from pathlib import Path

from swarm.conversation import Conversation, Session
from swarm.core.events import AttemptOpened, ToolCalled, ToolReturned, WorkspaceSnapshotted
from swarm.core.limits import Usage
from swarm.core.messages import Message, Reply, Role, ToolCall
from swarm.journal.reader import JournalReader
from swarm.journal.sqlite import SqliteJournal
from swarm.protocols import Delayed, ModelAnswer, ModelRequest

STEPS = 500
ATTEMPT = "parser@1"


class Talker:
    """A model that says something else each time, always as long."""

    def __init__(self) -> None:
        self.longest_prompt = 0

    def name_for(self, role: str) -> str:
        return role

    async def reply(self, request: ModelRequest, *, delayed: Delayed) -> ModelAnswer:
        step = len(request.messages)
        self.longest_prompt = max(self.longest_prompt, sum(len(message.content) for message in request.messages))
        said = random.Random(step).randbytes(400).hex()
        call = ToolCall(f"call_{step:05}", "shell", f'{{"command": "make {step:05}"}}')
        reply = Reply(said, said[::-1], "reasoning_content", (call,), "tool_calls", "m", Usage(1_000, 900, 100))
        return ModelAnswer(reply, 0.5, 1.0, 1)

    async def close(self) -> None:
        """Nothing to release."""


async def test_bytes_a_step_are_constant_over_a_long_conversation(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    journal, model = SqliteJournal.create(path, run_id="run-1"), Talker()
    conversation = Conversation(ATTEMPT, past=(), model=model, role="worker", record=journal.append, session=Session())
    await conversation.commit(AttemptOpened(ATTEMPT, (Message(Role.SYSTEM, "rules " * 1_000),)))
    sizes = []
    for step in range(1, STEPS + 1):
        await conversation.ask()
        output = random.Random(-step).randbytes(1_500).hex()
        conversation.note(ToolCalled(ATTEMPT, step, 0, "shell"))
        await conversation.commit(
            ToolReturned(ATTEMPT, step, 0, output, failed=False, seconds=0.1),
            WorkspaceSnapshotted(ATTEMPT, step, f"{step:040x}"),
        )
        if step % 100 == 0:
            sizes.append(stored_bytes(path))
    await journal.close()

    grown = [after - before for before, after in itertools.pairwise(sizes)]
    assert model.longest_prompt > STEPS * 3_000, "the conversation did not grow"
    assert max(grown) < min(grown) * 1.02, grown
    said = 100 * (800 + 800 + 3_000)
    assert max(grown) < said + 100 * 1_500, "more is stored than was said, and a little for each event"
    with JournalReader(path) as reader:
        told = [recorded.event for recorded in reader.events(attempt_id=ATTEMPT)]
    again = Conversation(ATTEMPT, past=told, model=model, role="worker", record=journal.append, session=Session())
    assert again.transcript == conversation.transcript


def stored_bytes(path: Path) -> int:
    """Return the bytes of all events and blobs."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        (events,) = connection.execute("SELECT sum(length(body)) FROM events").fetchone()
        (blobs,) = connection.execute("SELECT sum(length(data)) FROM blobs").fetchone()
    return int(events) + int(blobs)
