"""Journals of every released format load for ever: as they were, and to go on writing."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from swarm.core.events import FORMAT, NoteRecorded, type_name
from swarm.journal.codec import decode_raw, encode
from swarm.journal.reader import open_reader
from swarm.journal.sqlite import SqliteJournal

GOLDEN = sorted((Path(__file__).parent / "golden").glob("format_*.db"))


@pytest.fixture(params=GOLDEN, ids=lambda path: path.stem)
def golden(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return Path(shutil.copy(request.param, tmp_path))


def expected(golden: Path) -> list[dict[str, Any]]:
    lines = (Path(__file__).parent / "golden" / golden.with_suffix(".jsonl").name).read_text().splitlines()
    return [json.loads(line) for line in lines]


def test_there_is_one_for_every_format() -> None:
    assert [path.stem for path in GOLDEN] == [f"format_{number}" for number in range(1, FORMAT + 1)]


def test_raw_events_are_what_they_were(golden: Path) -> None:
    with open_reader(golden) as reader:
        reader.check()
        assert reader.run_id == "golden"
        assert list(reader.raw()) == expected(golden)


def test_events_say_what_they_said(golden: Path) -> None:
    with open_reader(golden) as reader:
        recorded = list(reader.events())
    for item, old in zip(recorded, expected(golden), strict=True):
        body, blobs = encode(item.event)
        texts = {digest: data.decode("utf-8", "surrogatepass") for digest, data in blobs.items()}
        fields = decode_raw(item.seq, body, texts.__getitem__)
        new = {"seq": item.seq, "at": item.at, "type": type_name(item.event), **fields}
        assert _holds(new, old), f"{old} became {new}"


def _holds(new: Any, old: Any) -> bool:
    """Whether everything that was said is still said; fields may have been added since."""
    if isinstance(old, dict):
        return all(key in new and _holds(new[key], value) for key, value in old.items())
    if isinstance(old, list):
        return len(new) == len(old) and all(map(_holds, new, old))
    return bool(new == old)


async def test_writing_goes_on(golden: Path) -> None:
    journal = SqliteJournal.open(golden)
    count = len(expected(golden))
    await journal.append(NoteRecorded("years later"))
    assert [(item.seq, item.event) for item in journal.read(after=count)] == [(count + 1, NoteRecorded("years later"))]
    await journal.close()
