"""Agents that ruin what they can, one each, in one run: it ends done, with their work and nothing else of theirs."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from swarm import Swarm, Task, api
from swarm.core.events import ToolReturned
from swarm.core.limits import Limits
from swarm.core.plan import Plan
from swarm.testing.endpoint import Answer, SimulatedEndpoint, step
from swarm.workspace.choosing import SandboxChoice, choose_sandbox, probe_bwrap
from swarm.workspace.command_limits import CommandLimits
from swarm.workspace.sandbox import Sandbox
from tests.crash.process_table import still_living
from tests.integration.projects import WRITE_IT, branch_files, file_plan, file_scenario, git, make_repository
from tests.integration.test_main_job import endpoint_of

MIB = 1024 * 1024
MARK = f"swarm-bad-agent-{os.getpid()}"
DAEMON = f"(setsid nohup bash -c 'exec -a {MARK} sleep 300' >/dev/null 2>&1 &); sleep 0.1; echo left"
BOMB = f"""python3 -c "
import os, time
for number in range(1000):
    try:
        if os.fork() == 0:
            os.execv('/bin/sleep', ['{MARK}', '300'])
    except OSError:
        raise SystemExit('no more')
time.sleep(300)
" """
NEW_HISTORY = (
    "git checkout -q --orphan new && git commit -qm 'nothing was before' && git branch -q -D work; "
    "git reflog expire --expire=now --all; git gc -q --prune=now; git log --oneline | wc -l"
)
GARBAGE = (
    "echo x > rubbish; git add -A; git commit -qm rubbish; head -c 4096 /dev/urandom > .git/index; "
    "echo garbage > .git/refs/heads/work; for f in $(find .git/objects -type f); do chmod +w $f; echo bad > $f; done"
)
MISDEEDS = {
    "fills the disk": (
        "dd if=/dev/zero of=fill bs=1M count=120 status=none; sync fill; sleep 300",
        "the most is 40 MiB",
    ),
    "forks without end": (BOMB, "no more"),
    "leaves a daemon": (DAEMON, "left"),
    "writes a FIFO": ("mkfifo pipe && ls -l pipe", "pipe"),
    "writes a hundred megabytes": ("truncate -s 100M large && ls -l large", "large"),
    "commits garbage": (GARBAGE, ""),
    "deletes .git": ("rm -rf .git; git status", "not a git repository"),
    "makes .git a FIFO": ("rm -rf .git && mkfifo .git && ls -l .git", ".git"),
    "rewrites history": (NEW_HISTORY, "1"),
}
AFTERWARDS = (step("read_file", path="pipe"), step("search", pattern="nothing at all"), *WRITE_IT)


def plan_of_misdeeds() -> Plan:
    """Return a subtask for each misdeed, and one by somebody decent that needs them all."""
    plan = file_plan(len(MISDEEDS) + 1)
    *bad, decent = plan.subtasks
    return Plan(subtasks=(*bad, decent.model_copy(update={"depends_on": tuple(subtask.id for subtask in bad)})))


async def test_a_run_of_bad_agents_ends_done_with_their_work_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if reason := await probe_bwrap():
        pytest.skip(reason)

    async def narrow(wanted: SandboxChoice) -> Sandbox:
        limits = CommandLimits(processes=60, workspace_bytes=40 * MIB)
        return replace(await choose_sandbox(wanted), limits=limits)

    monkeypatch.setattr(api, "choose_sandbox", narrow)
    repository, plan = make_repository(tmp_path / "repository"), plan_of_misdeeds()
    answers = [
        Answer(subtask=f"s{number}", steps=[step("shell", command=command, timeout_s=20), *AFTERWARDS])
        for number, (command, _) in enumerate(MISDEEDS.values())
    ]
    async with (
        SimulatedEndpoint(file_scenario(plan, *answers)) as simulated,
        Swarm(endpoint_of(simulated), home=tmp_path / "home", sandbox="bwrap") as swarm,
    ):
        task = Task(instruction="x", repository=str(repository), checks=("cat f*",), limits=Limits(workers=10))
        run = await swarm.submit(task, plan=plan)
        seen = [recorded.event async for recorded in run.events()]
        result = await run.result()
    assert result.done, result.ended
    assert branch_files(repository, result.branch) == {
        "README.md": "A project.",
        "rubbish": "x",  # it was in the workspace that was handed in
        **{f"f{number}.txt": "done" for number in range(len(MISDEEDS) + 1)},
    }
    git("fsck", "--no-dangling", cwd=repository)
    assert git("log", "--format=%s", f"main..{result.branch}", "--grep", "nothing was before", cwd=repository) == ""
    assert still_living(MARK, after_s=5.0) == []
    said = {event.attempt_id: event.content for event in reversed(seen) if isinstance(event, ToolReturned)}
    for number, (name, (_, words)) in enumerate(MISDEEDS.items()):
        assert words in said[f"s{number}@1"], name
