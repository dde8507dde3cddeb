"""The page of crash points names all of them, and tests that exist."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/crash-points.md"
ROW = re.compile(r"^\| ([CN]\d+) \| (.+) \|$", re.MULTILINE)
NUMBERS = [*(f"C{number:02}" for number in range(1, 32)), *(f"N{number}" for number in range(1, 10))]


def names_of_all_tests() -> set[str]:
    return {
        node.name
        for path in (ROOT / "tests").rglob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def test_every_crash_point_has_a_row_and_tests_that_exist() -> None:
    rows = ROW.findall(PAGE.read_text(encoding="utf-8"))
    assert [number for number, _ in rows] == NUMBERS
    there = names_of_all_tests()
    named = {number: re.findall(r"`(test_\w+)`", cells) for number, cells in rows}
    assert {number: names for number, names in named.items() if not names} == {}
    assert {number: missing for number, names in named.items() if (missing := set(names) - there)} == {}
