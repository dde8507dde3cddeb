"""Plans that wait for a person: exit code 6, seen from any terminal, approved of as they are or edited."""

import asyncio
import json
import os
import pty
import subprocess
from pathlib import Path

import pytest

from swarm.core.events import PlanApproved, PlanPatched
from swarm.journal.reader import JournalReader
from swarm.testing.endpoint import Answer, SimulatedEndpoint, step
from tests.integration.projects import (
    branch_files,
    environment,
    file_plan,
    file_scenario,
    make_repository,
    run_swarm,
    swarm_command,
)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    return make_repository(tmp_path / "repository")


async def swarm(*arguments: str, home: Path) -> "subprocess.CompletedProcess[str]":
    return await asyncio.to_thread(run_swarm, *arguments, home=home)


def options(url: str, repository: Path) -> list[str]:
    return [
        *("--repo", str(repository), "--base-url", url, "--model", "m"),
        *("--sandbox", "none", "--display", "none", "--run-id", "r", "--approve-plan"),
    ]


async def test_a_planners_plan_waits_and_is_carried_out_as_edited(tmp_path: Path, repository: Path) -> None:
    home, edited = tmp_path / "home", tmp_path / "plan.json"
    async with SimulatedEndpoint(file_scenario(file_plan(3, layer=1))) as endpoint:
        stood = await swarm("run", "x", *options(endpoint.base_url, repository), home=home)
        assert stood.returncode == 6, stood.stderr
        assert len(endpoint.ledger.calls) == 1  # the planner's: nothing is spent before the approval
        status = json.loads((await swarm("status", "r", "--json", home=home)).stdout)
        assert (status["state"], "waits for your approval" in status["reason"]) == ("waiting", True)
        assert (await swarm("resume", "r", "--display", "none", home=home)).returncode == 6
        assert (await swarm("plan", "--run", "r", "-o", str(edited), home=home)).returncode == 0
        plan = json.loads(edited.read_text())
        assert [each["id"] for each in plan["subtasks"]] == ["s0", "s1", "s2"]
        del plan["subtasks"][2]
        plan["subtasks"][1]["depends_on"] = []
        edited.write_text(json.dumps(plan))
        approved = await swarm("approve", "r", "--plan", str(edited), home=home)
        assert approved.returncode == 0, approved.stderr
        again = await swarm("approve", "r", home=home)
        assert (again.returncode, "no plan waits" in again.stderr) == (2, True)
        done = await swarm("resume", "r", "--display", "none", home=home)
        assert done.returncode in (0, 1), done.stderr
    assert {"f0.txt", "f1.txt"} <= branch_files(repository, "swarm/r").keys()
    assert "f2.txt" not in branch_files(repository, "swarm/r")
    with JournalReader(home / "runs" / "r" / "journal.db") as reader:
        events = [recorded.event for recorded in reader.events()]
    assert len([event for event in events if isinstance(event, PlanApproved)]) == 1
    (patched,) = [event for event in events if isinstance(event, PlanPatched)]
    assert [entry.id for entry in patched.patch.drop] == ["s2"]


async def test_a_given_plan_waits_too_and_a_bad_edit_is_refused(tmp_path: Path, repository: Path) -> None:
    home, given, bad = tmp_path / "home", tmp_path / "plan.json", tmp_path / "bad.json"
    given.write_text(file_plan(2).model_dump_json())
    bad.write_text(json.dumps({"subtasks": [{"id": "s0", "instruction": "x", "depends_on": ["nobody"]}]}))
    async with SimulatedEndpoint(file_scenario(file_plan(2))) as endpoint:
        stood = await swarm("run", "--plan", str(given), *options(endpoint.base_url, repository), home=home)
        assert stood.returncode == 6, stood.stderr
        assert not endpoint.ledger.calls
        refused = await swarm("approve", "r", "--plan", str(bad), home=home)
        assert (refused.returncode, "'nobody', which is not in the plan" in refused.stderr) == (2, True)
        assert (await swarm("approve", "r", home=home)).returncode == 0
        assert (await swarm("resume", "r", "--display", "none", home=home)).returncode == 0
    assert branch_files(repository, "swarm/r")["f1.txt"] == "done"


@pytest.mark.parametrize(("answers", "code"), [(b"n\n", 6), (b"y\n", 0), (b"e\ny\n", 0)])
async def test_a_person_at_the_terminal_is_asked(tmp_path: Path, repository: Path, answers: bytes, code: int) -> None:
    editor = tmp_path / "editor"
    editor.write_text("#!/bin/sh\nsed -i 's/File 0/The first file/' \"$1\"\n")
    editor.chmod(0o755)
    async with SimulatedEndpoint(file_scenario(file_plan(1))) as endpoint:
        master, slave = pty.openpty()
        os.write(master, answers)
        process = await asyncio.create_subprocess_exec(
            *swarm_command("run", "x", *options(endpoint.base_url, repository)),
            env=environment(tmp_path / "home", EDITOR=str(editor)),
            stdin=slave,
            stderr=slave,
            stdout=subprocess.DEVNULL,
        )
        os.close(slave)
        said = asyncio.create_task(asyncio.to_thread(read_all, master))
        assert await process.wait() == code, (await said).decode()
        text = (await said).decode()
        os.close(master)
    assert "Carry this plan out?" in text
    assert "estimate:" in text
    assert ("The first file" in text) is answers.startswith(b"e")


def read_all(descriptor: int) -> bytes:
    found = b""
    try:
        while piece := os.read(descriptor, 65536):
            found += piece
    except OSError:  # the other end is closed
        pass
    return found


async def test_swarm_plan_says_what_a_plan_takes_and_what_is_wrong_with_it(tmp_path: Path, repository: Path) -> None:
    options = ["--repo", str(repository), "--model", "m", "--price", "1,2,0.1"]
    async with SimulatedEndpoint(file_scenario(file_plan(8, layer=1))) as endpoint:
        asked = await swarm("plan", "x", "--json", "--base-url", endpoint.base_url, *options, home=tmp_path / "home")
    assert asked.returncode == 0, asked.stderr
    found = json.loads(asked.stdout)
    assert len(found["subtasks"]) == 8
    assert [each["kind"] for each in found["findings"]] == ["serial"]
    assert found["estimate"]["chain"] == [f"s{number}" for number in range(8)]
    low, high = found["estimate"]["cost_usd"]
    assert 0 < low < high
    assert "8 subtasks in 8 layers; at most 1 at the same time" in asked.stderr
    assert "(100% of the work)" in asked.stderr
    assert "doubt: 8 subtasks in a chain" in asked.stderr


async def test_a_person_has_the_plan_changed_before_it_is_approved_of(tmp_path: Path, repository: Path) -> None:
    home = tmp_path / "home"
    patch = {"reason": "a person said so", "add": [], "change": [], "drop": [{"id": "s1", "instead": []}]}
    planner = Answer(subtask="replan-1", steps=[step(json=patch)])
    async with SimulatedEndpoint(file_scenario(file_plan(2), planner)) as endpoint:
        assert (await swarm("run", "x", *options(endpoint.base_url, repository), home=home)).returncode == 6
        asked = await swarm("replan", "r", "The second file is not needed", home=home)
        assert (asked.returncode, "is asked after `swarm resume r`" in asked.stderr) == (0, True)
        stood = await swarm("resume", "r", "--display", "none", home=home)
        assert stood.returncode == 6, stood.stderr
        assert {call.subtask for call in endpoint.ledger.calls} == {"plan", "replan-1"}
        assert (await swarm("approve", "r", home=home)).returncode == 0
        done = await swarm("resume", "r", "--display", "none", home=home)
        assert done.returncode == 0, done.stderr
    assert "f1.txt" not in branch_files(repository, "swarm/r")
    told = await swarm("story", "r", "s1", home=home)
    assert "the plan changes: 1 dropped" in told.stdout
    verified = await swarm("verify", "r", home=home)
    assert verified.returncode == 0, verified.stdout + verified.stderr
