"""`swarm story` as a user types it."""

import json
from pathlib import Path

import pytest

from tests.cli.test_reading_commands import a_run, harmless, save, swarm


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SWARM_HOME", str(tmp_path))
    return tmp_path


def test_story_tells_one_subtask_in_order_and_harmlessly(home: Path) -> None:
    save(a_run(), home)
    result = swarm("story", "run-1", "lexer")
    assert result.exit_code == 0, result.stderr
    assert harmless(result.stdout)
    assert "parser@1" not in result.stdout
    order = [
        "joins the plan",
        "attempt 1 starts",
        "calls shell make lexer",
        "rejected",
        "attempt 2 starts",
        "merged as",
    ]
    positions = [result.stdout.index(words) for words in order]
    assert positions == sorted(positions)
    assert "x" * 200 not in result.stdout
    assert "x" * 200 in swarm("story", "run-1", "lexer@1", "--full").stdout


def test_story_json_prints_the_journals_records(home: Path) -> None:
    save(a_run(), home)
    rows = [json.loads(line) for line in swarm("story", "run-1", "lexer", "--json").stdout.splitlines()]
    journal = [json.loads(line) for line in swarm("events", "run-1", "--json").stdout.splitlines()]
    assert rows
    assert all(row in journal for row in rows)
    mine = [row["seq"] for row in journal if row.get("attempt_id", "").startswith("lexer@")]
    assert set(mine) <= {row["seq"] for row in rows}


@pytest.mark.parametrize("what", ["nobody", "lexer@9", "", "parser@1@1"])
def test_story_of_nobody_names_the_run(home: Path, what: str) -> None:
    save(a_run(), home)
    result = swarm("story", "run-1", what)
    assert result.exit_code == 2
    assert "run-1 has no subtask or attempt" in result.stderr
