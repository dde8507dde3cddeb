"""Plans that a person gives are looked through like a planner's: errors are refused, doubts are noted in the run."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from swarm import Plan
from swarm.core.events import NoteRecorded
from swarm.journal.reader import JournalReader
from swarm.testing.endpoint import SimulatedEndpoint
from tests.integration.projects import branch_files, file_plan, file_scenario, make_repository, run_swarm


def given(*subtasks: dict[str, Any]) -> Plan:
    return Plan.from_object({"subtasks": list(subtasks)}, source="test")


def writes(name: str, path: str, **fields: Any) -> dict[str, Any]:
    return {"id": name, "instruction": f"Write {name}.", "writes": [path], "checks": [f"test -s {path}"]} | fields


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        (given(writes("a", "x.txt"), writes("b", "x.txt")), "a and b both write x.txt"),
        (given(writes("a", "x.txt", checks=["frobnicate x.txt"])), "of a calls frobnicate, which is not installed"),
    ],
)
async def test_errors_are_refused_with_the_place_before_anything_is_recorded(
    tmp_path: Path, plan: Plan, said: str
) -> None:
    repository = make_repository(tmp_path / "repository")
    (tmp_path / "plan.json").write_text(plan.model_dump_json(exclude_none=True))
    async with SimulatedEndpoint(file_scenario(file_plan(1))) as endpoint:
        refused = await asyncio.to_thread(
            run_swarm,
            *("run", "--plan", str(tmp_path / "plan.json"), "--repo", str(repository), "--sandbox", "none"),
            *("--base-url", endpoint.base_url, "--model", "m", "--display", "none", "--run-id", "r"),
            home=tmp_path / "home",
        )
        assert not endpoint.ledger.calls
    assert refused.returncode == 2
    assert "the plan cannot be carried out: " in refused.stderr
    assert said in refused.stderr
    assert not (tmp_path / "home" / "runs" / "r").exists()


async def test_doubts_are_noted_and_the_run_goes_on(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "repository")
    chain = [subtask.model_dump(mode="json") for subtask in file_plan(7, layer=1).subtasks]
    chain[6]["checks"] = [*chain[6]["checks"], "test ! -e engine/core.py"]
    (tmp_path / "plan.json").write_text(json.dumps({"subtasks": chain}))
    async with SimulatedEndpoint(file_scenario(file_plan(7, layer=1))) as endpoint:
        done = await asyncio.to_thread(
            run_swarm,
            *("run", "--plan", str(tmp_path / "plan.json"), "--repo", str(repository), "--sandbox", "none"),
            *("--base-url", endpoint.base_url, "--model", "m", "--display", "none", "--run-id", "r"),
            home=tmp_path / "home",
        )
    assert done.returncode == 0, done.stderr
    assert "f6.txt" in branch_files(repository, "swarm/r")
    with JournalReader(tmp_path / "home" / "runs" / "r" / "journal.db") as reader:
        notes = [entry.event.text for entry in reader.events() if isinstance(entry.event, NoteRecorded)]
    assert [note for note in notes if note.startswith("the plan: 7 subtasks in a chain")]
    assert [note for note in notes if note.startswith("the plan: a check of s6 names engine/core.py")]
