"""The reply spool: what is received survives the process, and only a whole reply is ever taken for one."""

import asyncio
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from swarm.conversation import Conversation, Session
from swarm.core.events import AgentNudged, AttemptOpened, Event, ModelCalled, ModelReplied
from swarm.core.messages import Message, Reply, Role
from swarm.errors import ContextOverflow, ReplyInvalid
from swarm.journal.reader import JournalReader
from swarm.journal.spool import MAX_REPLY_BYTES, ReplySpool, copy_spool, kept_in, name_of, response_in
from swarm.protocols import Delayed, ModelAnswer, ModelRequest
from swarm.testing.endpoint import SimulatedEndpoint, Speed
from tests.integration.projects import (
    branch_files,
    file_plan,
    file_scenario,
    make_repository,
    run_swarm,
)

CALL = ("s0@1", 3, "d" * 32)


def left_by(folder: Path, *pieces: bytes) -> ReplySpool:
    """Keep a response, forget about it as a kill would, and return the spool of the next process."""
    call = ReplySpool(folder).call(*CALL)
    call.begin()
    for piece in pieces:
        call.write(piece)
    call.close()
    return ReplySpool(folder)


def test_what_was_received_is_there_for_the_next_process(tmp_path: Path) -> None:
    with left_by(tmp_path / "spool", b"data: 1\n", b"\ndata: 2").call(*CALL) as call:
        assert call.received() == b"data: 1\n\ndata: 2"


@pytest.mark.parametrize("other", [("s0@2", 3, "d" * 32), ("s0@1", 4, "d" * 32), ("s0@1", 3, "e" * 32)])
def test_another_call_never_finds_it(tmp_path: Path, other: tuple[str, int, str]) -> None:
    assert left_by(tmp_path / "spool", b"data").call(*other).received() == b""


def test_this_processs_own_response_is_not_one_that_was_left(tmp_path: Path) -> None:
    call = ReplySpool(tmp_path / "spool").call(*CALL)
    call.begin()
    call.write(b"data")
    assert call.received() == b""


def test_a_new_try_drops_what_was_kept_before(tmp_path: Path) -> None:
    call = ReplySpool(tmp_path / "spool").call(*CALL)
    for piece in (b"broke off", b"whole"):
        call.begin()
        call.write(piece)
    call.close()
    assert ReplySpool(tmp_path / "spool").call(*CALL).received() == b"whole"


def test_a_recorded_reply_leaves_nothing(tmp_path: Path) -> None:
    call = left_by(tmp_path / "spool", b"data").call(*CALL)
    assert call.received() == b"data"
    call.discard()
    assert list((tmp_path / "spool").iterdir()) == []


def test_calls_one_after_the_other_share_a_file_and_never_a_response(tmp_path: Path) -> None:
    folder = tmp_path / "spool"
    spool = ReplySpool(folder)
    for number, body in enumerate((b"a long response", b"short", b"longer again")):
        with spool.call("s0@1", number, "d") as call:
            call.begin()
            call.write(body)
            assert found_in(folder, number) == body
            assert len(list(folder.iterdir())) == 1
            call.discard()
            assert kept_in(folder) == {}
    with spool.call("s0@1", 3, "d") as call:
        call.begin()
        call.write(b"whole")
    later = ReplySpool(folder)
    assert [later.call("s0@1", number, "d").received() for number in range(4)] == [b"", b"", b"", b"whole"]


def found_in(folder: Path, number: int) -> bytes:
    """Return what a process would find of a call of the attempt ``s0@1`` if this one were killed now."""
    name = name_of("s0@1", number, "d")
    path = kept_in(folder).get(name)
    return response_in(path, name) if path else b""


@pytest.fixture
def used(tmp_path: Path) -> Iterator[ReplySpool]:
    """A spool whose one file holds what is left of a response that was recorded."""
    spool = ReplySpool(tmp_path / "spool")
    with spool.call("s0@1", 0, "d") as call:
        call.begin()
        call.write(b"an old response, longer than those that come after it")
        call.discard()
    yield spool
    assert len(list((tmp_path / "spool").iterdir())) == 1, "one file served all calls"


def test_nothing_is_found_of_a_call_before_its_first_byte(used: ReplySpool, tmp_path: Path) -> None:
    with used.call("s0@1", 1, "d") as call:
        call.begin()
        assert kept_in(tmp_path / "spool") == {}
    assert used.call("s0@1", 1, "d").received() == b""


def test_a_streamed_response_has_no_end_of_an_older_one(used: ReplySpool, tmp_path: Path) -> None:
    with used.call("s0@1", 1, "d") as call:
        call.begin()
        for number, piece in enumerate((b"data: 1", b"data: 2", b"data: 3"), start=1):
            call.write(piece)
            assert found_in(tmp_path / "spool", 1) == b"data: 1data: 2data: 3"[: 7 * number]


@pytest.mark.parametrize("written", range(1, 64 + len(b"a new response that came in one piece")))
def test_a_response_whose_writing_was_cut_off_is_not_taken_for_a_whole_one(
    written: int, used: ReplySpool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A kill may end a write after any of its bytes; those that it was to replace are still there then."""
    write = os.pwrite
    with used.call("s0@1", 1, "d") as call:
        call.begin()
        monkeypatch.setattr(os, "pwrite", lambda file, data, at: write(file, data[:written], at) and len(data))
        call.write(b"a new response that came in one piece")
    assert found_in(tmp_path / "spool", 1) == b""


@pytest.mark.parametrize("step", ["ftruncate", "pwrite"])
def test_a_kill_between_two_pieces_leaves_the_first(
    step: str, used: ReplySpool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> int:
        raise KeyboardInterrupt

    with used.call("s0@1", 1, "d") as call:
        call.begin()
        call.write(b"data: 1")
        monkeypatch.setattr(os, step, killed)
        with pytest.raises(KeyboardInterrupt):
            call.write(b"data: 2")
        assert found_in(tmp_path / "spool", 1) == b"data: 1"


def test_a_large_response_gives_its_room_back(tmp_path: Path) -> None:
    spool = ReplySpool(tmp_path / "spool")
    with spool.call(*CALL) as call:
        call.begin()
        call.write(b"x" * 1_000_000)
        call.discard()
    (file,) = (tmp_path / "spool").iterdir()
    assert file.stat().st_size == 0


@pytest.mark.parametrize("label", [b"%s 000000000007\n", b"%s 000000000007 -------- --------\n"])
def test_a_file_of_an_older_version_that_calls_shared_is_read(label: bytes, tmp_path: Path) -> None:
    (tmp_path / "spool").mkdir()
    (tmp_path / "spool/reply-1").write_bytes(label % name_of(*CALL).encode() + b"data")
    assert ReplySpool(tmp_path / "spool").call(*CALL).received() == b"data"


def test_a_response_that_an_older_version_has_left_is_found(tmp_path: Path) -> None:
    (tmp_path / "spool").mkdir()
    (tmp_path / "spool" / name_of(*CALL)).write_bytes(b"data")
    with ReplySpool(tmp_path / "spool").call(*CALL) as call:
        assert call.received() == b"data"
    with ReplySpool(tmp_path / "spool").call(*CALL) as call:
        assert call.received() == b"data", "it was made again and given up"
        call.discard()
    assert list((tmp_path / "spool").iterdir()) == []


def test_files_that_hold_nothing_are_removed_with_the_spool(tmp_path: Path) -> None:
    spool = ReplySpool(tmp_path / "spool")
    with spool.call(*CALL) as call:
        call.begin()
        call.discard()
    spool.close()
    assert list((tmp_path / "spool").iterdir()) == []


def test_a_copy_holds_only_responses(tmp_path: Path) -> None:
    spool = ReplySpool(tmp_path / "spool")
    kept, recorded = spool.call(*CALL), spool.call("s1@1", 1, "d")
    for call in (kept, recorded):
        call.begin()
        call.write(b"data")
    recorded.discard()
    assert len(copy_spool(tmp_path / "spool", tmp_path / "copy")) == 1
    assert ReplySpool(tmp_path / "copy").call(*CALL).received() == b"data"


def test_an_ended_run_leaves_nothing(tmp_path: Path) -> None:
    left_by(tmp_path / "spool", b"data").clear()
    assert list((tmp_path / "spool").iterdir()) == []


def test_nobody_else_may_read_it(tmp_path: Path) -> None:
    left_by(tmp_path / "spool", b"data")
    (file,) = (tmp_path / "spool").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_what_is_read_back_is_bounded(tmp_path: Path) -> None:
    spool = left_by(tmp_path / "spool", b"data")
    (file,) = (tmp_path / "spool").iterdir()
    os.truncate(file, MAX_REPLY_BYTES + 1_000)
    assert len(spool.call(*CALL).received()) == MAX_REPLY_BYTES


def test_a_spool_that_cannot_be_written_costs_no_call(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "spool").write_text("a file where the folder should be")
    call = ReplySpool(tmp_path / "spool").call(*CALL)
    call.begin()
    call.write(b"data")
    call.discard()
    assert call.received() == b""
    assert len(caplog.records) == 1


def test_a_reply_with_a_hole_is_not_kept(tmp_path: Path) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("no /dev/full")
    call = ReplySpool(tmp_path / "spool").call(*CALL)
    call.begin()
    (file,) = (tmp_path / "spool").iterdir()
    assert call._slot is not None
    os.dup2(descriptor := os.open(full, os.O_WRONLY), call._slot.descriptor)
    os.close(descriptor)
    call.write(b"lost")
    assert not file.exists()
    call.write(b"kept?")
    assert list((tmp_path / "spool").iterdir()) == []


def replies(journal: Path) -> list[ModelReplied]:
    with JournalReader(journal) as reader:
        return [recorded.event for recorded in reader.events() if isinstance(recorded.event, ModelReplied)]


@pytest.mark.parametrize("failpoint", ["model.reply-complete:1", "model.after-commit:5", "model.mid-stream:9"])
async def test_killed_between_last_byte_and_commit_buys_nothing_again(tmp_path: Path, failpoint: str) -> None:
    repository = make_repository(tmp_path / "repository")
    home, plan = tmp_path / "home", file_plan(4, layer=2)
    common = ("--display", "none", "--sandbox", "none")
    async with SimulatedEndpoint(file_scenario(plan, speed=Speed(first_token_ms=(5, 20)))) as simulated:
        arguments = ["run", "Write", "--repo", str(repository), "--base-url", simulated.base_url]
        arguments += ["--model", "m", "--run-id", "r", *common]
        killed = await asyncio.to_thread(run_swarm, *arguments, home=home, SWARM_FAILPOINT=failpoint)
        assert killed.returncode == -9, killed.stderr
        folder = home / "runs" / "r"
        before = replies(folder / "journal.db")
        assert kept_in(folder / "spool"), "a response was on its way"
        await simulated.ledger.wait_until(lambda ledger: ledger.in_flight == 0)
        resumed = await asyncio.to_thread(run_swarm, "resume", "r", *common, home=home)
        assert resumed.returncode == 0, resumed.stderr
        twice = simulated.ledger.delivered_twice()
    after = replies(folder / "journal.db")
    adopted = [event for event in after if event.adopted]
    assert not any(event.adopted for event in before)
    if failpoint.startswith("model.reply-complete"):
        assert adopted
    if not failpoint.startswith("model.mid-stream"):
        assert twice == [], "a reply whose last byte was read was bought again"
    assert len(after) == len({(event.attempt_id, event.step) for event in after})
    assert {event.reply.usage.estimated for event in after} == {False}, "an adopted reply keeps its usage"
    assert list((folder / "spool").iterdir()) == [], "nothing is left when the run has ended"
    assert len(branch_files(repository, "swarm/r")) == 5


def test_a_call_that_was_cut_off_is_found_by_the_same_process(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    spool = ReplySpool(tmp_path / "spool")
    with spool.call(*CALL) as call:
        call.begin()
        call.write(b"what came before the run was parked")
    with spool.call(*CALL) as again:
        assert again.received() == b"what came before the run was parked"
        again.begin()
        again.write(b"whole")
    assert ReplySpool(tmp_path / "spool").call(*CALL).received() == b"whole"
    assert not caplog.records


def test_a_copy_of_a_spool_in_use_has_what_is_there(tmp_path: Path) -> None:
    left_by(tmp_path / "spool", b"data")
    (tmp_path / "spool/recorded-meanwhile").symlink_to(tmp_path / "gone")
    (copy,) = copy_spool(tmp_path / "spool", tmp_path / "copy")
    assert copy.read_bytes().partition(b"\n")[2] == b"data"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert copy_spool(tmp_path / "nobody", tmp_path / "empty") == []


class Narrow:
    """A model that the first prompt is too long for; each of its responses is kept while it arrives."""

    def __init__(self, *, breaks: bool = False) -> None:
        self.asked: list[str] = []
        self._breaks = breaks

    def name_for(self, role: str) -> str:
        return role

    async def reply(self, request: ModelRequest, *, delayed: Delayed) -> ModelAnswer:
        self.asked.append(request.role)
        if len(self.asked) == 1 and not self._breaks:
            raise ContextOverflow("too long")
        assert request.spool is not None
        request.spool.begin()
        request.spool.write(b"data")
        if self._breaks:
            raise ReplyInvalid("not JSON")
        return ModelAnswer(Reply("Notes." if request.role == "compactor" else "Done."), 0.1, 0.2, 1)

    async def close(self) -> None:
        """Nothing to release."""


def talk_of(model: Narrow, folder: Path) -> Conversation:
    async def record(*events: Event) -> None:
        pass

    past: list[Event] = [AttemptOpened("s0@1", (Message(Role.SYSTEM, "rules"), Message(Role.USER, "do it")))]
    for number in range(1, 5):
        past += [ModelCalled("s0@1", number, "m", ""), ModelReplied("s0@1", number, Reply("x" * 900), 0.1, 0.2)]
        past.append(AgentNudged("s0@1", number, "Go on."))
    spool = ReplySpool(folder)
    return Conversation("s0@1", past=past, model=model, role="worker", record=record, session=Session(), spool=spool)


async def test_a_recorded_summary_leaves_nothing(tmp_path: Path) -> None:
    model = Narrow()
    reply = await talk_of(model, tmp_path / "spool").ask()
    assert (reply.content, model.asked) == ("Done.", ["worker", "compactor", "worker"])
    assert kept_in(tmp_path / "spool") == {}


async def test_a_response_that_was_no_reply_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ReplyInvalid):
        await talk_of(Narrow(breaks=True), tmp_path / "spool").ask()
    assert kept_in(tmp_path / "spool") == {}
