"""Every number of the list of escapes has a test, and a row in the table for people."""

import ast
import re
from pathlib import Path

from tests.escapes.attempts import TRIES
from tests.escapes.documented import LEAKS_OF_LANDLOCK

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
NUMBERS = tuple(f"E{number:02}" for number in range(1, 61))
ELSEWHERE = {"E58": "tests/workspace/test_git_hostile.py"}


def rows() -> dict[str, list[str]]:
    table = re.findall(r"^\| (E\d\d) \| (.+) \|$", (ROOT / "docs/escapes.md").read_text(), flags=re.MULTILINE)
    return {number: [cell.strip() for cell in rest.split(" | ")] for number, rest in table}


def numbers_with_a_test() -> set[str]:
    found = set(TRIES) | {number for number, file in ELSEWHERE.items() if (ROOT / file).exists()}
    for file in HERE.glob("test_*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                found |= {
                    number.upper() for number in re.findall(r"e\d\d", node.name) if node.name.startswith("test_e")
                }
    return found


def test_every_number_has_a_test() -> None:
    assert set(NUMBERS) - numbers_with_a_test() == set()


def test_every_number_has_a_row() -> None:
    assert tuple(rows()) == NUMBERS


def test_the_table_names_the_leaks() -> None:
    assert {number for number, cells in rows().items() if "leaks" in cells[2]} == set(LEAKS_OF_LANDLOCK)
    assert all(cells[1] == "held" for cells in rows().values())
