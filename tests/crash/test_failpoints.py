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

CRASH_POINTS = {
    "C01 before the intent is committed": ("model.before-intent", "decision.before-commit", "journal.before-commit"),
    "C02 after the intent, before the request": ("model.after-intent",),
    "C03 request sent, no byte of the reply back": ("model.answered",),
    "C04 in the middle of a stream": ("model.mid-stream",),
    "C05 reply complete, not committed": ("model.reply-complete",),
    "C06 committed, nobody told": ("journal.after-commit", "model.after-commit", "decision.after-commit"),
    "C07 tool intent committed, not carried out": ("tool.after-intent",),
    "C08 during a tool": ("tool.running",),
    "C09 effect done, record missing": ("tool.done", "tool.kept", "snapshot.taken"),
    "C10 calls without an answer in the history": ("tool.after-intent", "tool.done"),
    "C11 a clone half made": ("clone.files-written", "clone.half-made"),
    "C12 import of a commit": (
        *("commit.unnamed", "handin.bundled", "handin.taken-in", "handin.named"),
        *("publish.before-fetch", "publish.after-fetch"),
    ),
    "C13 between merge-tree, commit-tree and update-ref": ("merge.tree-made", "merge.commit-made"),
    "C14 reference moved, not recorded": ("merge.branch-moved",),
    "C15 conflict not recorded": ("merge.conflicted",),
    "C30 during recovery": ("open.restored", "open.prepared", "open.recorded", "journal.upgrading", "recover.rebuilt"),
}


def reached_in(path: Path) -> list[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name))
    return [ast.literal_eval(call.args[0]) for call in calls if getattr(call.func, "id", "") == "reach"]


def test_every_failpoint_is_one_place_in_the_code() -> None:
    places = [name for path in PACKAGE.rglob("*.py") for name in reached_in(path)]
    assert sorted(places) == sorted(FAILPOINTS)


@pytest.mark.parametrize("point", CRASH_POINTS)
def test_every_crash_point_has_failpoints(point: str) -> None:
    assert set(CRASH_POINTS[point]) <= FAILPOINTS.keys()


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
