"""A first run: a plan of three subtasks, carried out, checked and merged.

Offline: the model is the bundled SIMULATED endpoint. For a real one, leave `SimulatedEndpoint` out and write
`Endpoint("https://...", api_key=os.environ["OPENAI_API_KEY"], model="...")`.
"""

import asyncio
import subprocess
import tempfile
from pathlib import Path

from swarm import Endpoint, Plan, Subtask, Swarm, Task
from swarm.testing.endpoint import Answer, Scenario, SimulatedEndpoint, step

PLAN = Plan(
    subtasks=(
        Subtask(id="greet", instruction="Write greet.py.", checks=("python3 greet.py",), writes=("greet.py",)),
        Subtask(id="part", instruction="Write part.py.", checks=("python3 part.py",), writes=("part.py",)),
        Subtask(
            id="both",
            instruction="Write both.py, which imports the other two.",
            depends_on=("greet", "part"),
            checks=("python3 both.py",),
            writes=("both.py",),
        ),
    )
)

FILES = {
    "greet": ("greet.py", "print('hello')\n"),
    "part": ("part.py", "print('goodbye')\n"),
    "both": ("both.py", "import greet\nimport part\n"),
}

# What the simulated model answers: write the file, then hand in.
SCENARIO = Scenario(
    models=["simulated"],
    answers=[
        Answer(
            subtask=name, steps=[step("write_file", path=path, content=text), step("finish", summary=f"Wrote {path}.")]
        )
        for name, (path, text) in FILES.items()
    ],
)


def make_repository(folder: Path) -> Path:
    folder.mkdir()
    for command in (
        "git init --quiet",
        "git -c user.name=me -c user.email=me@example.org commit --quiet --allow-empty -m Start",
    ):
        subprocess.run(command.split(), cwd=folder, check=True)
    return folder


async def main() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        repository = make_repository(Path(temporary) / "project")
        async with (
            SimulatedEndpoint(SCENARIO) as simulated,
            Swarm(
                Endpoint(simulated.base_url, model="simulated"), home=Path(temporary) / "home", sandbox="none"
            ) as swarm,
        ):
            task = Task(instruction="Greet and part", repository=str(repository), checks=("python3 both.py",))
            run = await swarm.submit(task, plan=PLAN)
            result = await run.result()
        print("SIMULATED:", result.ended.outcome if result.ended else result.paused)
        print(subprocess.check_output(["git", "log", "--oneline", result.branch], cwd=repository, text=True))


if __name__ == "__main__":
    asyncio.run(main())
