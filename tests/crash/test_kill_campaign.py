"""The campaign of kills: a sample of it, and that it finds what it looks for."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from benchmarks.crash_campaign import REACHED, blows
from benchmarks.crash_verdicts import FIGURES, Life, Remains, Request, Verdict, judge

ROOT = Path(__file__).parents[2]
LOST = "lost"


def campaign(*arguments: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.bench_crash", *arguments]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.stdout, result.stderr
    figures: dict[str, Any] = json.loads(result.stdout.splitlines()[-1])["metrics"]
    flawless = not any(value for name, value in figures.items() if name not in (*FIGURES, "seconds"))
    assert flawless == (result.returncode == 0), result.stderr
    return figures | {"flawless": flawless, "notes": result.stderr}


@pytest.mark.timeout(600)
def test_a_sample_of_thirty_kills() -> None:
    figures = campaign("--kills", "30", "--seed", "3")
    assert figures["flawless"], figures["notes"]
    assert figures["kills"] == 30


@pytest.mark.timeout(300)
def test_a_received_reply_is_taken_over_and_without_the_spool_that_is_found_missing() -> None:
    arguments = ("--kills", "2", "--lanes", "1", "--failpoint", "model.reply-complete")
    kept, dropped = campaign(*arguments), campaign(*arguments, "--without-spool")
    assert kept["flawless"], kept["notes"]
    assert kept["adopted"] > 0
    assert dropped["rebought_received"] > 0


# -- what is found, on histories written by hand -----------------------------------------------------------------

A, B, C = ("a@1", 1), ("a@1", 2), ("b@1", 1)
EVENTS = ("called A", "replied A", "called B")
LEFT = Remains(EVENTS, called=frozenset({A, B}), replied=frozenset({A}))
END = Remains((*EVENTS, "replied B"), called=frozenset({A, B}), replied=frozenset({A, B}))


def history(
    *again: Request, left: Remains = LEFT, end: Remains = END, failpoint: str = "", second_delivered: bool = False
) -> Verdict:
    """A run that was killed at 10 while B was in flight, and then asked for B again, and for ``again``."""
    requests = [Request(A, 1.0, True), Request(B, 2.0, second_delivered), Request(B, 12.0, True), *again]
    return judge([Life(0.0, failpoint, left), Life(10.0)], requests, end)


def test_a_call_in_flight_may_be_made_again() -> None:
    verdict = history()
    assert verdict.flawless
    assert verdict.kills == 1


@pytest.mark.parametrize(
    ("named", "found"),
    [
        ("rebought_recorded", lambda: history(Request(A, 13.0, True))),
        ("rebought_received", lambda: history(left=Remains(EVENTS, LEFT.called, LEFT.replied, frozenset({B})))),
        ("rebought_received", lambda: history(failpoint="model.reply-complete", second_delivered=True)),
        ("restarted_beyond_in_flight", lambda: history(Request(A, 13.0, True))),
        ("restarted_beyond_in_flight", lambda: history(Request(B, 13.0, True))),
        (LOST, lambda: history(end=Remains(("called A", "replied A"), END.called, END.replied))),
        (LOST, lambda: history(end=Remains(("called A", "other", "called B"), END.called, END.replied))),
        (LOST, lambda: history(Request(C, 13.0, True))),
        (LOST, lambda: history(left=Remains(EVENTS, LEFT.called, frozenset()))),
    ],
)
def test_what_must_not_be_is_found(named: str, found: Callable[[], Verdict]) -> None:
    verdict = found()
    assert verdict.metrics[named] > 0
    assert not verdict.flawless
    assert verdict.notes


def test_a_delivery_that_may_not_have_been_read_is_only_counted() -> None:
    verdict = history(second_delivered=True)
    assert verdict.delivered_again == 1
    assert verdict.flawless


def test_half_of_the_blows_are_failpoints_and_all_of_them_come() -> None:
    found = [blow for blow, _ in zip(blows(1, 4.0), range(2 * len(REACHED)), strict=False)]
    named = [blow.failpoint.partition(":")[0] for blow in found if blow.failpoint]
    assert sorted(named) == sorted(REACHED)
    assert len(found) == 2 * len(named)
    assert all(0 <= blow.after_s <= 4.0 for blow in found)
