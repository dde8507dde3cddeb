"""Every shipped task runs against the simulated endpoint, is stopped in the middle, and ends on the right branch."""

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from swarm.catalogue import shipped_tasks
from tests.integration.projects import git
from tests.tasks.demonstrations import SHOW_S, Shown, assert_done, show


def shows_a_fan_out(shown: Shown) -> None:
    assert shown.measured["agents at once, widest"] == "300"


def shows_layers(shown: Shown) -> None:
    """The longest chain goes first: its second module starts before the shortest chain's only one."""
    started = [event["subtask_id"] for event in shown.of_type("attempt_started")]
    assert set(started[1:6]) == {"places", "compiler", "functions", "numbers", "lexer"}
    assert started.index("program") > started.index("checker")
    assert started[-1] == "command-line"


def shows_faults_without_failures(shown: Shown) -> None:
    calls = [json.loads(line) for line in (shown.folder / "calls.jsonl").read_text().splitlines()]
    faults = Counter(call["fault"] for call in calls)
    assert {"rate_limit", "overloaded", "server_error", "disconnect", "reset"} <= faults.keys()
    assert sum(faults.values()) - faults[""] >= 20


def shows_a_budget(shown: Shown) -> None:
    (paused,) = shown.of_type("run_paused")
    assert paused["reason"] == "limit"
    assert "max-tokens" in paused["message"]
    assert "its limits" in shown.measured["wall time, with stop and resume"]
    assert int(shown.measured["replies recorded before the stop"]) < int(shown.measured["model calls made"])


def shows_that_tests_are_protected(shown: Shown) -> None:
    refused, accepted = [
        event["verdict"] for event in shown.of_type("verdict_given") if event["attempt_id"] == "pages@1"
    ]
    assert "protected files were changed: tests/test_pages.py" in refused["reason"]
    assert not refused["accepted"]
    assert accepted["accepted"]
    before = git("rev-parse", "HEAD:tests", cwd=shown.folder / "project")
    assert git("rev-parse", "swarm/demo:tests", cwd=shown.folder / "project") == before


def shows_the_last_step_of_a_migration(shown: Shown) -> None:
    ended = [event["subtask_id"] for event in shown.of_type("subtask_ended") if event["subtask_id"] != "plan"]
    assert (len(ended), ended[-1]) == (31, "remove-old")


def shows_research(shown: Shown) -> None:
    project = shown.folder / "project"
    assert sorted(path.name for path in project.iterdir() if path.name != ".git") == ["inputs"]
    changed = git("diff", "--name-only", "HEAD", "swarm/demo", cwd=project).splitlines()
    assert len(changed) == 41
    assert not [name for name in changed if name.startswith("inputs/")]
    assert git("show", "swarm/demo:report.md", cwd=project).count("[inc-") >= 80


def shows_two_changes_of_the_plan(shown: Shown) -> None:
    asked = [(event["cause"], event["about"]) for event in shown.of_type("replan_asked")]
    assert asked == [("facts", ["survey"]), ("failure", ["tariff"])]
    patches = [event["patch"] for event in shown.of_type("plan_patched")]
    assert [[added["id"] for added in patch["add"]] for patch in patches] == [
        ["fixed", "semicolon"],
        ["tariff-from-invoices"],
    ]
    assert patches[1]["drop"] == [{"id": "tariff", "instead": ["tariff-from-invoices"]}]


FAILED = {"replan": ("tariff",)}
"""Subtasks that are meant to fail for good; the plan makes up for them."""


def shows_itself(shown: Shown) -> None:
    """It is done, and that is all."""


SHOWS: dict[str, Callable[[Shown], None]] = {
    "budget": shows_a_budget,
    "failing-suite": shows_that_tests_are_protected,
    "fan-out": shows_a_fan_out,
    "flaky-endpoint": shows_faults_without_failures,
    "layered-build": shows_layers,
    "migration": shows_the_last_step_of_a_migration,
    "replan": shows_two_changes_of_the_plan,
    "research": shows_research,
    "textkit": shows_itself,
}


def test_every_shipped_task_is_shown() -> None:
    assert sorted([*SHOWS, "spreadsheet"]) == [folder.name for folder in shipped_tasks()]


@pytest.mark.timeout(SHOW_S + 10)
@pytest.mark.parametrize("name", sorted(SHOWS))
def test_a_task_ends_on_a_branch_that_its_hidden_verifier_accepts(name: str, tmp_path: Path) -> None:
    shown = show(name, tmp_path / "shown")
    assert_done(shown, name, failed=FAILED.get(name, ()))
    SHOWS[name](shown)
