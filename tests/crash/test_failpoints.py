"""The named places where a test can end the process: they exist, they end it, and they cost nothing otherwise."""

import ast
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import swarm
from swarm.failpoints import FAILPOINTS, VARIABLE, failpoint

PACKAGE = Path(swarm.__file__).parent
RELIABILITY = PACKAGE.parent / "docs/reliability.md"


def reached_in(path: Path) -> list[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name))
    return [ast.literal_eval(call.args[0]) for call in calls if getattr(call.func, "id", "") == "reach"]


def test_every_failpoint_is_one_place_in_the_code() -> None:
    places = [name for path in PACKAGE.rglob("*.py") for name in reached_in(path)]
    assert sorted(places) == sorted(FAILPOINTS)


def test_the_page_lists_every_failpoint() -> None:
    page = RELIABILITY.read_text(encoding="utf-8")
    assert [name for name, meaning in FAILPOINTS.items() if f"| `{name}` | {meaning} |" not in page] == []


def test_only_the_named_place_counts() -> None:
    ended: list[str] = []
    reach = failpoint("tool.done:2", lambda: ended.append("now"))
    for name in ("tool.done", "snapshot.taken", "snapshot.taken"):
        reach(name)
    assert ended == []
    reach("tool.done")
    assert ended == ["now"]
    reach("tool.done")
    assert ended == ["now"]


@pytest.mark.parametrize(
    ("setting", "told"),
    [("nowhere", "no failpoint"), ("tool.done:0", "positive"), ("tool.done:-1", "positive"), ("tool.done:x", "positi")],
)
def test_a_setting_that_would_never_do_anything_is_refused(setting: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        failpoint(setting)


def test_the_process_dies_at_the_place() -> None:
    program = "from swarm.failpoints import reach; reach('tool.done'); print('lived', flush=True)"
    for setting, code, out in (("tool.done", -signal.SIGKILL, ""), ("", 0, "lived\n"), ("tool.done:2", 0, "lived\n")):
        result = subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, VARIABLE: setting},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (result.returncode, result.stdout) == (code, out)
