"""What `swarm demo` shows by default; in a file of its own because it takes longer than all other tasks together."""

from pathlib import Path

import pytest

from tests.tasks.demonstrations import SHOW_S, assert_done, show


@pytest.mark.slow
@pytest.mark.timeout(SHOW_S + 10)
def test_the_main_job_ends_on_a_branch_that_its_hidden_verifier_accepts(tmp_path: Path) -> None:
    shown = show("spreadsheet", tmp_path / "shown")
    assert_done(shown, "spreadsheet")
    assert int(shown.measured["agents at once, widest"]) >= 280
    assert int(shown.measured["replies recorded before the stop"]) > 300
    refused = [event for event in shown.of_type("verdict_given") if not event["verdict"]["accepted"]]
    assert len(refused) >= 3  # some agents are careless
