"""What leaves a conversation that is too long, for every shape of conversation."""

from hypothesis import given
from hypothesis import strategies as st

from swarm.core.compaction import (
    LONG_OUTPUT,
    ConversationCompacted,
    compacted,
    is_enough,
    middle,
    old_outputs,
    record_of,
    size_of,
)
from swarm.core.events import AttemptOpened, ModelReplied
from swarm.core.limits import Spent
from swarm.core.messages import Message, Reply, Role, ToolCall
from swarm.core.transcript import Transcript

OPENING = (Message(Role.SYSTEM, "Rules."), Message(Role.USER, "Do it."))


def turn(number: int, outputs: list[int]) -> list[Message]:
    calls = tuple(ToolCall(f"{number}.{index}", "shell", "{}") for index in range(len(outputs)))
    results = [Message(Role.TOOL, "x" * size, tool_call_id=call.id) for call, size in zip(calls, outputs, strict=True)]
    return [Message(Role.ASSISTANT, reply=Reply(f"turn {number}", tool_calls=calls)), *results]


def conversation(turns: list[list[int]]) -> list[Message]:
    return [*OPENING, *(message for number, outputs in enumerate(turns) for message in turn(number, outputs))]


TURNS = st.lists(st.lists(st.integers(0, 5_000), max_size=3), max_size=12)


@given(TURNS, st.sampled_from([1, 4]))
def test_calls_keep_their_results_and_the_opening_its_bytes(turns: list[list[int]], spared: int) -> None:
    messages = conversation(turns)
    start, end = middle(messages, opening=2, spared_turns=spared)
    event = ConversationCompacted(
        "a@1", 9, old_outputs(messages, spared_turns=spared), start, end, "Notes." if start < end else ""
    )
    left = compacted(messages, event)
    assert left[0] == OPENING[0]
    assert left[1].content.startswith(OPENING[1].content)
    calls = [call.id for message in left if message.reply for call in message.reply.tool_calls]
    assert calls == [message.tool_call_id for message in left if message.role is Role.TOOL]
    kept_turns = sum(1 for message in left if message.reply)
    assert kept_turns == min(spared, len(turns)) or start == end
    assert left[2:] == messages[end:] if start < end else len(left) == len(messages)


@given(TURNS)
def test_only_long_old_outputs_are_shortened(turns: list[list[int]]) -> None:
    messages = conversation(turns)
    positions = old_outputs(messages, spared_turns=4)
    left = compacted(messages, ConversationCompacted("a@1", 9, positions))
    assert size_of(left) <= size_of(messages)
    for position, (before, after) in enumerate(zip(messages, left, strict=True)):
        if position in positions:
            assert len(before.content) > LONG_OUTPUT > len(after.content)
            assert f"{len(before.content) - 2 * (LONG_OUTPUT // 4)} characters" in after.content
        else:
            assert before == after


def test_a_second_summary_replaces_the_first_and_knows_it() -> None:
    messages = conversation([[10]] * 6)
    left = compacted(messages, ConversationCompacted("a@1", 6, (), 2, 8, "First notes."))
    assert left[1].content == "Do it.\n\n# Your work so far, shortened\n\nFirst notes."
    assert "First notes." in record_of(left, 2, 6, most=10_000)
    again = compacted(left, ConversationCompacted("a@1", 6, (), 2, 6, "Second notes."))
    assert again[1].content == "Do it.\n\n# Your work so far, shortened\n\nSecond notes."


def test_the_newest_of_a_long_record_is_kept() -> None:
    record = record_of(conversation([[3_000], [3_000]]), 2, 6, most=1_000)
    assert record.startswith("[the beginning is left out]")
    assert record.endswith("x" * 900)


def test_enough_is_a_fifth() -> None:
    assert is_enough(100, 80)
    assert not is_enough(100, 81)


def test_the_fold_counts_compactions_in_a_row() -> None:
    transcript = Transcript.of(
        [
            AttemptOpened("a@1", OPENING),
            ConversationCompacted("a@1", 0, (), 2, 2, "", Spent(1, 1)),
            ConversationCompacted("a@1", 0, (), 2, 2, "", Spent(1, 2)),
        ]
    )
    assert (transcript.compactions, transcript.account.spent) == (2, Spent(2, 3))
    transcript.apply(ModelReplied("a@1", 1, Reply("prose"), 0.1, 0.2))
    assert transcript.compactions == 0
