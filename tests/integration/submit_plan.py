"""A process that carries a plan out with the Python API: ``submit_plan TASK PLAN BASE_URL HOME``."""

import asyncio
import sys
from pathlib import Path

from swarm import Endpoint, Swarm, Task
from swarm.core.plan import Plan


async def main(task_file: Path, plan_file: Path, base_url: str, home: Path) -> None:
    task = Task.model_validate_json(task_file.read_text())
    plan = Plan.parse(plan_file.read_text(), source=str(plan_file))
    async with Swarm(Endpoint(base_url, model="m"), home=home, sandbox="none") as swarm:
        await (await swarm.submit(task, plan=plan, run_id="r")).result()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], Path(sys.argv[4])))
