"""A tool call whose process was killed: what is known is taken over, what is harmless is repeated, the rest is told."""

import asyncio
import json
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from swarm.core.events import Event, ToolCalled, ToolReturned, WorkspaceSnapshotted
from swarm.core.messages import ToolCall
from swarm.core.plan import Plan, Subtask
from swarm.core.prompts import INTERRUPTED
from swarm.journal.reader import JournalReader
from swarm.journal.store import RunFolder
from swarm.protocols import KeptOutcome
from swarm.testing.endpoint import Answer, Scenario, ScriptedCall, SimulatedEndpoint, step
from swarm.tools.builtin import builtin_tools
from swarm.tools.definition import tool
from swarm.tools.recovery import outcome_after_kill, state_before
from swarm.tools.toolbox import Toolbox
from swarm.workspace.bare_repository import path_name
from swarm.workspace.choosing import probe_bwrap
from swarm.workspace.outcomes import OutcomeFiles
from swarm.workspace.sandbox import Sandbox, SandboxLevel
from tests.integration.projects import branch_files, make_repository, run_swarm
from tests.tools.folder_workspace import FolderWorkspace

COMMAND_LOG = "log.txt"


@dataclass(frozen=True)
class Resumed:
    """A run of one subtask that was killed once and resumed to its end."""

    events: list[Event]
    files: dict[str, str]
    digests: list[str]

    def results(self) -> list[str]:
        return [event.content for event in self.events if isinstance(event, ToolReturned)]

    def called(self) -> list[str]:
        return [event.name for event in self.events if isinstance(event, ToolCalled)]


async def kill_and_resume(folder: Path, failpoint: str, *steps: Any, sandbox: str) -> Resumed:
    if sandbox == "bwrap" and (reason := await probe_bwrap()):
        pytest.skip(reason)
    repository = make_repository(folder / "repository", {".gitignore": "build/\n", "notes.txt": "one\n"})
    (folder / "plan.json").write_text(Plan(subtasks=(Subtask(id="only", instruction="Do it."),)).model_dump_json())
    scenario = Scenario(models=["m"], answers=[Answer(steps=[*steps, step("finish", summary="Done.")])])
    async with SimulatedEndpoint(scenario) as endpoint:
        common = ("--base-url", endpoint.base_url, "--model", "m", "--sandbox", sandbox, "--display", "none")
        begin = ("run", "Do it", "--repo", str(repository), "--plan", str(folder / "plan.json"), "--run-id", "r")
        killed = await asyncio.to_thread(run_swarm, *begin, *common, home=folder / "home", SWARM_FAILPOINT=failpoint)
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        resumed = await asyncio.to_thread(run_swarm, "resume", "r", *common, home=folder / "home")
        assert resumed.returncode == 1, resumed.stderr  # unverified: the subtask has no checks
        digests = [call.digest for call in endpoint.ledger.calls]
    with JournalReader(RunFolder(folder / "home/runs/r").journal) as reader:
        events = [recorded.event for recorded in reader.events()]
    return Resumed(events, branch_files(repository, "swarm/r"), digests)


APPEND = f"mkdir -p build; echo line >> {COMMAND_LOG}; echo line >> build/ignored; cp build/ignored seen.txt"


async def test_a_command_in_the_sandbox_runs_again_on_the_files_as_they_were(tmp_path: Path) -> None:
    run = await kill_and_resume(tmp_path, "tool.done", step("shell", command=APPEND), sandbox="bwrap")
    assert run.files[COMMAND_LOG] == "line"
    assert run.results() == ["exit code 0"]
    assert run.called() == ["shell", "shell"]


@pytest.mark.parametrize("sandbox", ["bwrap", "none"])
async def test_an_outcome_that_was_kept_is_taken_over(sandbox: str, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    command = f"{APPEND}; echo line 2>/dev/null >> {outside}; true"
    run = await kill_and_resume(tmp_path, "tool.kept", step("shell", command=command), sandbox=sandbox)
    assert run.files[COMMAND_LOG] == run.files["seen.txt"] == "line"
    assert [result.splitlines()[0] for result in run.results()] == ["exit code 0"]
    assert run.called() == ["shell"]
    assert not outside.exists() if sandbox == "bwrap" else outside.read_text() == "line\n"
    assert [isinstance(event, WorkspaceSnapshotted) for event in run.events].count(True) == 1


async def test_an_outcome_that_is_taken_over_is_recorded_as_it_would_have_been(tmp_path: Path) -> None:
    steps = (step("shell", command="true"), step("shell", command="seq 1 9000"))
    run = await kill_and_resume(tmp_path, "tool.kept:2", *steps, sandbox="none")
    [long] = [event for event in run.events if isinstance(event, ToolReturned) and event.full]
    assert len(long.content) < len(long.full)
    assert "\n4500\n" in long.full
    assert [isinstance(event, WorkspaceSnapshotted) for event in run.events].count(True) == 1, "nothing has changed"


async def test_a_command_that_may_have_changed_anything_is_not_repeated(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    command = f"{APPEND}; echo line >> {outside}"
    run = await kill_and_resume(tmp_path, "tool.done", step("shell", command=command), sandbox="none")
    assert outside.read_text() == "line\n"
    assert run.results() == [INTERRUPTED]
    assert COMMAND_LOG not in run.files


async def test_an_edit_that_no_snapshot_holds_is_recognised(tmp_path: Path) -> None:
    steps = (
        step("write_file", path="build/x", content="one\n"),
        step("edit_file", path="build/x", old="one", new="two"),
        step("shell", command="cp build/x seen.txt"),
    )
    run = await kill_and_resume(tmp_path, "tool.done:2", *steps, sandbox="none")
    assert run.files["seen.txt"] == "two"
    assert run.results()[1] == "Changed build/x."


@pytest.mark.parametrize("point", ["tool.after-intent", "tool.done", "tool.kept", "snapshot.taken"])
async def test_an_edit_is_made_once_wherever_it_is_cut_off(point: str, tmp_path: Path) -> None:
    steps = (
        step("edit_file", path="notes.txt", old="one", new="one and one more"),
        step("shell", command="cat notes.txt"),
    )
    run = await kill_and_resume(tmp_path, point, *steps, sandbox="none")
    assert run.files["notes.txt"] == "one and one more"
    assert run.results() == ["Changed notes.txt at line 1.", "exit code 0\none and one more"]
    assert len(run.digests) == len(set(run.digests)) == 3


async def test_calls_of_one_reply_are_each_answered_once(tmp_path: Path) -> None:
    calls = [ScriptedCall(tool="write_file", path=f"f{number}.txt", content=f"{number}\n") for number in range(3)]
    run = await kill_and_resume(tmp_path, "tool.done:2", step(calls=calls), sandbox="none")
    assert run.results() == [f"Wrote 1 line to f{number}.txt." for number in range(3)]
    assert {name: run.files[name] for name in ("f0.txt", "f1.txt", "f2.txt")} == {f"f{n}.txt": str(n) for n in range(3)}


# -- the parts ---------------------------------------------------------------------------------------------------


def call_of(name: str, **arguments: Any) -> ToolCall:
    return ToolCall("c", name, json.dumps(arguments))


@tool
def deploy() -> str:
    """Do something elsewhere."""
    return ""


@tool(read_only=True)
def look() -> str:
    """Look at something."""
    return ""


@pytest.mark.parametrize(
    ("name", "in_sandbox", "without"),
    [
        ("read_file", False, False),
        ("search", False, False),
        ("write_file", False, False),
        ("edit_file", False, False),
        ("look", False, False),
        ("nobody_has_this", False, False),
        ("shell", False, True),
        ("deploy", True, True),
    ],
)
def test_who_is_told_that_the_outcome_is_unknown(name: str, in_sandbox: bool, without: bool, tmp_path: Path) -> None:
    toolbox = Toolbox((*builtin_tools(), deploy, look))
    for level, told in ((SandboxLevel.BWRAP, in_sandbox), (SandboxLevel.NONE, without)):
        workspace = FolderWorkspace(tmp_path, Sandbox(level))
        outcome = outcome_after_kill(call_of(name), "", toolbox=toolbox, workspace=workspace)
        assert (outcome is not None and outcome.content == INTERRUPTED) == told


def test_an_edit_that_was_not_made_is_made(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("one two")
    call = call_of("edit_file", path="x", old="one", new="two")
    workspace = FolderWorkspace(tmp_path, Sandbox(SandboxLevel.NONE))
    before = state_before(call, workspace)
    assert outcome_after_kill(call, before, toolbox=Toolbox(builtin_tools()), workspace=workspace) is None
    (tmp_path / "x").write_text("two two")
    assert outcome_after_kill(call, before, toolbox=Toolbox(builtin_tools()), workspace=workspace) is not None
    (tmp_path / "x").unlink()
    assert outcome_after_kill(call, before, toolbox=Toolbox(builtin_tools()), workspace=workspace) is None


async def test_only_the_outcome_of_that_call_and_that_boot_counts(tmp_path: Path) -> None:
    trees = ["tree"]

    async def snapshot(attempt_id: str) -> str:
        return trees[0]

    (tmp_path / path_name("a@1")).mkdir()
    files = OutcomeFiles(tmp_path, snapshot)
    file = tmp_path / path_name("a@1") / "outcome.json"
    await files.keep("a@1", 3, 0, KeptOutcome("said \ud800", True, 0.5, full="all"))
    file_text = file.read_text()
    assert await files.find("a@1", 3, 0) == KeptOutcome("said \ud800", True, 0.5, "tree", "all")
    for wrong in (("a@1", 3, 1), ("a@1", 4, 0), ("b@1", 3, 0)):
        assert await files.find(*wrong) is None
    for text in (file_text[:-2], file_text.replace('"boot": "', '"boot": "x'), "[]", '{"step": 3}', ""):
        file.write_text(text)
        assert await files.find("a@1", 3, 0) is None
    # once older files may have been brought back, the outcome fits them no more
    file.write_text(file_text)
    trees[0] = ""
    assert await files.find("a@1", 3, 0) is None
    trees[0] = "tree"
    assert await files.find("a@1", 3, 0) is None


async def test_an_outcome_that_cannot_be_kept_disturbs_nobody(tmp_path: Path) -> None:
    async def snapshot(attempt_id: str) -> str:
        raise AssertionError

    files = OutcomeFiles(tmp_path / "missing", snapshot)
    await files.keep("a@1", 1, 0, KeptOutcome("", False, 0.0))
    assert await files.find("a@1", 1, 0) is None
