"""A sample of the campaign of simulated power cuts; ``make bench-powercut`` is the whole one."""

import random
from pathlib import Path

import pytest

pytest.importorskip("apsw")

from benchmarks.bench_powercut import campaign
from benchmarks.powercut import SECTOR, Operation, RecordedDisk

SESSIONS = (3, 2)


async def test_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    found = await campaign(tmp_path, 20, 7, sessions=SESSIONS)
    assert (found.cuts, found.lost, found.corrupt) == (20, 0, 0), found.reasons


@pytest.mark.parametrize("synchronous", ["NORMAL", "OFF"])
async def test_the_campaign_finds_losses_where_there_are_some(tmp_path: Path, synchronous: str) -> None:
    found = await campaign(tmp_path, 10, 7, synchronous=synchronous, sessions=SESSIONS)
    assert found.lost > 0


def disk_with(tmp_path: Path, *operations: Operation) -> RecordedDisk:
    (tmp_path / "f").write_bytes(b"old")
    disk = RecordedDisk(tmp_path)
    disk.operations.extend(operations)
    return disk


def test_what_was_synced_is_always_there(tmp_path: Path) -> None:
    disk = disk_with(tmp_path, Operation("write", "f", 1, b"new"), Operation("sync", "f"))
    assert {disk.after_cut(2, random.Random(seed))["f"] for seed in range(20)} == {b"onew"}


def test_what_was_not_synced_is_there_or_not_or_in_part(tmp_path: Path) -> None:
    old, new = b"\0" * 2 * SECTOR, b"n" * 2 * SECTOR
    disk = disk_with(tmp_path, Operation("write", "f", 0, old), Operation("sync", "f"), Operation("write", "f", 0, new))
    seen = {disk.after_cut(3, random.Random(seed))["f"] for seed in range(60)}
    assert seen == {old, new, new[:SECTOR] + old[SECTOR:], old[:SECTOR] + new[SECTOR:]}


def test_a_later_write_may_be_there_without_an_earlier_one(tmp_path: Path) -> None:
    disk = disk_with(tmp_path, Operation("write", "f", 0, b"A"), Operation("write", "f", 2, b"B"))
    assert {disk.after_cut(2, random.Random(seed))["f"] for seed in range(60)} == {b"old", b"Ald", b"olB", b"AlB"}


def test_a_removal_may_be_undone_until_the_next_file_is_synced(tmp_path: Path) -> None:
    disk = disk_with(tmp_path, Operation("remove", "f"), Operation("write", "f", 0, b"next"), Operation("sync", "f"))
    assert {disk.after_cut(1, random.Random(seed)).get("f") for seed in range(20)} == {b"old", None}
    assert {disk.after_cut(3, random.Random(seed)).get("f") for seed in range(20)} == {b"next"}


def test_a_truncation_may_be_undone(tmp_path: Path) -> None:
    disk = disk_with(tmp_path, Operation("truncate", "f", 1))
    assert {disk.after_cut(1, random.Random(seed))["f"] for seed in range(20)} == {b"old", b"o"}
