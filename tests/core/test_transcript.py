"""Which calls an attempt's conversation leaves open."""

from swarm.core.events import AttemptHandedIn, ModelReplied, ToolReturned, VerdictGiven, WorkspaceSnapshotted
from swarm.core.messages import Handoff, Message, Reply, Role, ToolCall, Verdict
from swarm.core.transcript import EARLIEST_GIVE_UP, Transcript

REFUSED = Verdict(accepted=False, verified=True, reason="a check failed")


def test_handing_in_again_needs_a_change() -> None:
    transcript = Transcript(messages=[Message(Role.USER, "Go.")])
    assert transcript.withheld() == ("give_up",)
    transcript.apply(AttemptHandedIn("a@1", 1, Handoff("done")))
    transcript.apply(VerdictGiven("a@1", 1, REFUSED))
    assert transcript.withheld() == ("finish", "split", "give_up")
    transcript.apply(WorkspaceSnapshotted("a@1", 2, "tree"))
    assert transcript.withheld() == ("split", "give_up")


def test_giving_up_is_open_to_whoever_has_tried() -> None:
    transcript = Transcript(messages=[Message(Role.USER, "Go.")])
    for number in range(1, EARLIEST_GIVE_UP + 1):
        assert "give_up" in transcript.withheld()
        call = ToolCall(str(number), "list_files", "{}")
        transcript.apply(ModelReplied("a@1", number, Reply("", tool_calls=(call,)), 0.1, 0.2))
        transcript.apply(ToolReturned("a@1", number, 0, "f.txt", failed=False, seconds=0.1))
    assert transcript.withheld() == ()
