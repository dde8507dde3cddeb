"""Small real runs to look back at: driven to their end, or stopped in the middle of attempts."""

from pathlib import Path

from swarm import Endpoint, Limits, Swarm, Task
from swarm.core.events import Recorded
from swarm.journal.reader import JournalReader
from swarm.journal.store import RunFolder
from swarm.runtime import RunResult
from swarm.testing.endpoint import SimulatedEndpoint
from tests.integration.projects import file_plan, file_scenario, make_repository

FILES = 4


def simulated() -> SimulatedEndpoint:
    """Return an endpoint that writes the files of every run here."""
    return SimulatedEndpoint(file_scenario(file_plan(FILES, layer=2)))


async def start(
    endpoint: SimulatedEndpoint, tmp_path: Path, *, max_calls: int | None = None, run_id: str = "r"
) -> RunFolder:
    """Drive a run that writes four files, to its end or until it has made so many calls, and return its folder."""
    repository = tmp_path / "repository"
    if not repository.exists():
        make_repository(repository)
    task = Task(
        instruction="Write the files. " + "Nothing else is wanted. " * 100,  # long enough to be kept as a blob
        repository=str(repository),
        checks=("cat f0.txt f3.txt",),
        limits=Limits(max_calls=max_calls),
    )
    async with Swarm(Endpoint(endpoint.base_url, model="m"), home=tmp_path / "home", sandbox="none") as swarm:
        run = await swarm.submit(task, plan=file_plan(FILES, layer=2), run_id=run_id)
        result = await run.result()
    assert result.done is (max_calls is None)
    return run.folder


async def go_on(endpoint: SimulatedEndpoint, home: Path, run_id: str) -> RunResult:
    """Resume a run without its limit and drive it to its end."""

    def unlimited(task: Task) -> Task:
        return task.model_copy(update={"limits": Limits()})

    async with Swarm(Endpoint(endpoint.base_url, model="m"), home=home, sandbox="none") as swarm:
        return await (await swarm.resume(run_id, change_task=unlimited)).result()


def events_of(folder: RunFolder) -> list[Recorded]:
    with JournalReader(folder.journal) as reader:
        return list(reader.events())
