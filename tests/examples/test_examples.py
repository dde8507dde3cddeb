"""Every example runs as it stands, offline, and says at its end what it set out to show."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "examples"
EXAMPLES = sorted(FOLDER.glob("*.py"))

LAST_LINES = {
    "01_first_run.py": [r"SIMULATED: done", r"(?s)Merge both.*Merge (greet|part).*Start"],
    "02_fifty_agents.py": [r"SIMULATED: done, \d\d agents at once, 100 replies", r"50 merges on swarm/"],
    "03_kill_and_resume.py": [r"SIMULATED: done after 2 sessions", r"calls made: \d+; replies recorded: 48"],
    "04_your_own_tool.py": [r"SIMULATED: done\nmany agents, one goal\n\Z"],
}


def test_every_example_is_known() -> None:
    assert [path.name for path in EXAMPLES] == sorted(LAST_LINES)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_shows_what_it_says(path: Path, tmp_path: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("OPENAI_", "SWARM_"))}
    environment = kept | {"HOME": str(tmp_path), "TMPDIR": str(tmp_path)}
    ended = subprocess.run(
        [sys.executable, str(path)],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    for pattern in LAST_LINES[path.name]:
        assert re.search(pattern, ended.stdout), ended.stdout
    assert [entry.name for entry in tmp_path.iterdir() if entry.name.startswith("tmp")] == []
