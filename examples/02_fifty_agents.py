"""Fifty agents at once on one repository, watched through the run's events.

Offline: the model is the bundled SIMULATED endpoint.
"""

import asyncio
import subprocess
import tempfile
from collections import Counter
from pathlib import Path

from swarm import Endpoint, Limits, Plan, Subtask, Swarm, Task
from swarm.core.events import type_name
from swarm.testing.endpoint import Answer, Scenario, SimulatedEndpoint, Speed, step

AGENTS = 50

PLAN = Plan(
    subtasks=tuple(
        Subtask(
            id=f"chapter-{number}",
            instruction=f"Write chapter {number} into chapters/{number}.txt.",
            checks=(f"grep -q 'Chapter {number}' chapters/{number}.txt",),
            writes=(f"chapters/{number}.txt",),
        )
        for number in range(AGENTS)
    )
)

SCENARIO = Scenario(
    models=["simulated"],
    speed=Speed(first_token_ms=(800, 1500)),
    answers=[
        Answer(
            subtask=subtask.id,
            steps=[
                step("write_file", path=subtask.writes[0], content=f"Chapter {number}\n"),
                step("finish", summary=f"Chapter {number} is written."),
            ],
        )
        for number, subtask in enumerate(PLAN.subtasks)
    ],
)


async def main() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        repository = Path(temporary) / "book"
        repository.mkdir()
        subprocess.run(["git", "init", "--quiet"], cwd=repository, check=True)
        identity = ("-c", "user.name=me", "-c", "user.email=me@example.org")
        subprocess.run(
            ["git", *identity, "commit", "--quiet", "--allow-empty", "-m", "Start"], cwd=repository, check=True
        )
        async with (
            SimulatedEndpoint(SCENARIO) as simulated,
            Swarm(
                Endpoint(simulated.base_url, model="simulated"), home=Path(temporary) / "home", sandbox="none"
            ) as swarm,
        ):
            task = Task(
                instruction="Write a book of fifty chapters",
                repository=str(repository),
                checks=(f"test $(ls chapters | wc -l) = {AGENTS}",),
                limits=Limits(workers=AGENTS),
            )
            run = await swarm.submit(task, plan=PLAN)
            counts = Counter([type_name(recorded.event) async for recorded in run.events()])
            result = await run.result()
        outcome = result.ended.outcome if result.ended else "paused"
        print(f"SIMULATED: {outcome}, {result.view.widest} agents at once, {counts['model_replied']} replies")
        print(f"{counts['integrated']} merges on {result.branch}")


if __name__ == "__main__":
    asyncio.run(main())
