"""The page of faults names all of them, and tests that exist."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| (F\d\d) \| .+ \| .+ \| (.+) \|$", re.MULTILINE)


def _tests_there_are() -> set[str]:
    return {
        node.name
        for path in (ROOT / "tests").rglob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def test_every_fault_has_a_row_and_tests_that_bear_its_number() -> None:
    rows = ROW.findall((ROOT / "docs" / "faults.md").read_text())
    assert [number for number, _ in rows] == [f"F{number:02}" for number in range(1, 51)]
    there = _tests_there_are()
    for number, cell in rows:
        named = re.findall(r"`(\w+)`", cell)
        assert named, number
        for name in named:
            assert name in there, f"{number}: there is no test {name}"
            assert f"_{number.lower()}_" in name, f"{number}: {name} bears another number"
