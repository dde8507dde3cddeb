"""The mailbox of a run: what is left there is whole, bounded, and never trusted."""

import os
from pathlib import Path

import pytest

from swarm.core.requests import TEXT_LIMIT, Request
from swarm.errors import ConfigError, UsageError
from swarm.journal.mailbox import MAX_BYTES, MAX_WAITING, Mailbox


def test_requests_come_in_the_order_in_which_they_were_left(tmp_path: Path) -> None:
    ticks = iter(range(1_000))
    mailbox = Mailbox(tmp_path / "mailbox", clock=lambda: next(ticks))
    assert mailbox.names() == []
    asked = [Request(kind="tell", text=f"word {number} é\u2028") for number in range(5)]
    posted = [mailbox.post(request) for request in asked]
    assert mailbox.names() == posted
    assert [mailbox.read(name).request for name in posted] == asked
    assert mailbox.names(besides=posted[1:]) == posted[:1]
    for name in posted:
        assert mailbox.remove(name)
    assert mailbox.names() == []


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    mailbox = Mailbox(tmp_path / "mailbox")
    name = mailbox.post(Request(kind="pause"))
    assert (tmp_path / "mailbox").stat().st_mode & 0o077 == 0
    assert (tmp_path / "mailbox" / name).stat().st_mode & 0o077 == 0


def test_a_full_mailbox_takes_nothing_more(tmp_path: Path) -> None:
    mailbox = Mailbox(tmp_path)
    for number in range(MAX_WAITING):
        (tmp_path / f"{number:05d}").touch()
    with pytest.raises(UsageError, match="wait for this run already"):
        mailbox.post(Request(kind="pause"))
    assert len(list(tmp_path.iterdir())) == MAX_WAITING


def test_a_folder_that_cannot_be_written_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "mailbox").write_text("a file where the folder should be")
    with pytest.raises(ConfigError, match="cannot be left"):
        Mailbox(tmp_path / "mailbox").post(Request(kind="pause"))


def hostile(folder: Path) -> None:
    (folder / "empty").touch()
    (folder / "not-json").write_text("{")
    (folder / "bytes").write_bytes(b"\xff\xfe\x00")
    (folder / "list").write_text("[]")
    (folder / "unknown-kind").write_text('{"kind": "merge"}')
    (folder / "unknown-field").write_text('{"kind": "pause", "shell": "rm -rf /"}')
    (folder / "long-text").write_text('{"kind": "tell", "text": "' + "x" * (TEXT_LIMIT + 1) + '"}')
    (folder / "blank-text").write_text('{"kind": "tell", "text": "  \\n"}')
    (folder / "deep").write_text("[" * 20_000)
    (folder / "huge").write_bytes(b" " * (MAX_BYTES + 1))
    (folder / "link").symlink_to("/etc/hostname")
    (folder / "nowhere").symlink_to("nowhere")
    (folder / "folder").mkdir()
    os.mkfifo(folder / "pipe")
    (folder / "escape\x1b[2J").write_text("x")
    (folder / os.fsdecode(b"undecodable-\xff")).write_text("x")


def test_whatever_lies_there_is_refused_with_a_reason_and_removed(tmp_path: Path) -> None:
    hostile(tmp_path)
    mailbox = Mailbox(tmp_path)
    names = mailbox.names()
    assert len(names) == 16
    for name in names:
        letter = mailbox.read(name)
        assert letter.request is None
        assert letter.problem
        assert letter.request_id.isprintable()
        letter.request_id.encode()
        assert mailbox.remove(name)
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_removed_is_said(tmp_path: Path) -> None:
    (tmp_path / "folder" / "within").mkdir(parents=True)
    assert not Mailbox(tmp_path).remove("folder")


def test_what_a_dead_process_left_half_written_is_not_seen_and_goes_away(tmp_path: Path) -> None:
    unfinished = tmp_path / ".new-1"
    unfinished.write_text('{"kind": "ca')
    mailbox = Mailbox(tmp_path)
    mailbox.sweep()
    assert mailbox.names() == []
    assert unfinished.exists()  # whoever writes it may still be alive
    os.utime(unfinished, (1, 1))
    mailbox.sweep()
    assert not unfinished.exists()
