"""Kill a run with SIGKILL in the middle, resume it, and count what was bought twice.

This program starts itself as a child that drives the run, kills the child, and goes on with the run itself.
Offline: the model is the bundled SIMULATED endpoint.
"""

import asyncio
import subprocess
import sys
import tempfile
from pathlib import Path

from swarm import Endpoint, Plan, Subtask, Swarm, Task
from swarm.core.events import ModelReplied
from swarm.journal.reader import follow
from swarm.testing.endpoint import Answer, Scenario, SimulatedEndpoint, Speed, step

PLAN = Plan(
    subtasks=tuple(
        Subtask(id=f"part-{number}", instruction=f"Write {number}.txt.", checks=(f"test -f {number}.txt",))
        for number in range(12)
    )
)
SCENARIO = Scenario(
    models=["simulated"],
    speed=Speed(first_token_ms=(100, 300)),
    answers=[
        Answer(
            subtask=f"part-{number}",
            steps=[
                step("list_files"),
                step("write_file", path=f"{number}.txt", content="done\n"),
                step("shell", command=f"cat {number}.txt"),
                step("finish", summary="Done."),
            ],
        )
        for number in range(12)
    ],
)


async def drive(base_url: str, folder: Path) -> None:
    """What the child does, until it is killed."""
    endpoint = Endpoint(base_url, model="simulated")
    async with Swarm(endpoint, home=folder / "home", sandbox="none") as swarm:
        task = Task(instruction="Write the parts", repository=str(folder / "project"))
        await (await swarm.submit(task, plan=PLAN, run_id="killed")).result()


async def drive_and_kill(base_url: str, folder: Path, replies: int) -> None:
    """Start the child and kill it when so many replies are recorded."""
    child = await asyncio.create_subprocess_exec(sys.executable, __file__, base_url, str(folder))
    journal = folder / "home" / "runs" / "killed" / "journal.db"
    while not journal.exists():
        await asyncio.sleep(0.05)
    async for recorded in follow(journal):
        replies -= isinstance(recorded.event, ModelReplied)
        if replies == 0:
            break
    child.kill()
    await child.wait()


async def main() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        subprocess.run(["git", "init", "--quiet", "project"], cwd=folder, check=True)
        identity = ("-c", "user.name=me", "-c", "user.email=me@example.org")
        subprocess.run(
            ["git", *identity, "commit", "--quiet", "--allow-empty", "-m", "Start"], cwd=folder / "project", check=True
        )
        async with SimulatedEndpoint(SCENARIO) as simulated:
            await drive_and_kill(simulated.base_url, folder, replies=15)
            print("killed after 15 recorded replies; resuming")
            endpoint = Endpoint(simulated.base_url, model="simulated")
            async with Swarm(endpoint, home=folder / "home", sandbox="none") as swarm:
                result = await (await swarm.resume("killed")).result()
        outcome = result.ended.outcome if result.ended else "paused"
        print(f"SIMULATED: {outcome} after {result.view.sessions} sessions")
        print(f"calls made: {len(simulated.ledger.calls)}; replies recorded: {result.view.spent.calls}")


if __name__ == "__main__":
    asyncio.run(drive(sys.argv[1], Path(sys.argv[2])) if len(sys.argv) > 1 else main())
