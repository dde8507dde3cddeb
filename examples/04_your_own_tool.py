"""Give agents a tool of your own: a function with types and a docstring.

Offline: the model is the bundled SIMULATED endpoint.
"""

import asyncio
import subprocess
import tempfile
from pathlib import Path

from swarm import Endpoint, Plan, Subtask, Swarm, Task, tool
from swarm.testing.endpoint import Answer, Scenario, SimulatedEndpoint, step

GLOSSARY = {"swarm": "many agents, one goal"}


@tool(read_only=True)
async def look_up(word: str) -> str:
    """Look up what the team means by a word.

    Args:
        word: the word, in lower case.
    """
    return GLOSSARY.get(word, "nobody has said yet")


PLAN = Plan(subtasks=(Subtask(id="define", instruction="Write down what 'swarm' means.", checks=("cat swarm.txt",)),))
SCENARIO = Scenario(
    models=["simulated"],
    answers=[
        Answer(
            subtask="define",
            steps=[
                step("look_up", word="swarm"),
                step("write_file", path="swarm.txt", content="many agents, one goal\n"),
                step("finish", summary="Written down."),
            ],
        )
    ],
)


async def main() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        repository = Path(temporary) / "project"
        repository.mkdir()
        subprocess.run(["git", "init", "--quiet"], cwd=repository, check=True)
        identity = ("-c", "user.name=me", "-c", "user.email=me@example.org")
        subprocess.run(
            ["git", *identity, "commit", "--quiet", "--allow-empty", "-m", "Start"], cwd=repository, check=True
        )
        async with (
            SimulatedEndpoint(SCENARIO) as simulated,
            Swarm(
                Endpoint(simulated.base_url, model="simulated"),
                home=Path(temporary) / "home",
                sandbox="none",
                tools=[look_up],
            ) as swarm,
        ):
            run = await swarm.submit(Task(instruction="Define it", repository=str(repository)), plan=PLAN)
            result = await run.result()
        print("SIMULATED:", result.ended.outcome if result.ended else result.paused)
        print(subprocess.check_output(["git", "show", f"{result.branch}:swarm.txt"], cwd=repository, text=True), end="")


if __name__ == "__main__":
    asyncio.run(main())
