"""The examples of the page about the simulated endpoint work as they stand."""

import asyncio
import json
import re
import sys
from pathlib import Path
from typing import get_args

from swarm.testing.endpoint import Answer, Cache, Fault, Features, Scenario, Speed, load_scenario
from swarm.testing.endpoint.ledger import LedgerEntry
from swarm.testing.endpoint.scenario import FaultKind

PAGE = (Path(__file__).parents[2] / "docs" / "simulated-endpoint.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def test_the_scenarios_load(tmp_path: Path) -> None:
    plan = {"subtasks": [{"id": "a", "title": "A", "writes": ["src/a.py"], "checks": ["true"]}]}
    for name, text in {"simulation/plan.json": json.dumps(plan), "solution/src/a.py": "A = 1\n"}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    first, fuller = blocks("toml")
    for text, steps in ((first, [3]), (fuller, [1, 5, 4])):
        path = tmp_path / "simulation" / "scenario.toml"
        path.write_text(text)
        assert [len(answer.steps) for answer in load_scenario(path).answers] == steps


async def test_the_python_example_runs(tmp_path: Path) -> None:
    script = tmp_path / "example.py"
    script.write_text(next(text for text in blocks("python") if "asyncio.run" in text))
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(script),
        env={"PYTHONPATH": str(Path(__file__).parents[2])},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    async with asyncio.timeout(20):
        out, _ = await process.communicate()
    assert (process.returncode, out) == (0, b"")


def test_every_field_and_fault_is_described() -> None:
    described = set(re.findall(r"`([a-z_]+)`", PAGE))
    fields = {name for model in (Scenario, Answer, Speed, Cache, Features, Fault) for name in model.model_fields}
    fields -= {"speed", "cache", "features", "faults"}
    assert fields | set(get_args(FaultKind)) | set(LedgerEntry.__slots__) <= described
