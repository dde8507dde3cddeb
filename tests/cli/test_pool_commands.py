"""Several endpoints from the command line: the config file, roles, failover in the middle of a run, what is shown."""

import asyncio
import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from swarm.config import choose_endpoints
from swarm.errors import ConfigError
from swarm.testing.endpoint import Fault, SimulatedEndpoint
from tests.integration.projects import branch_files, file_plan, file_scenario, make_repository, run_swarm

TWO = """
[[endpoints]]
name = "large"
base_url = "{large}"
api_key_env = "LARGE_KEY"
model = "p"
roles = ["planner"]

[[endpoints]]
name = "small"
base_url = "{small}"
model = "m"
weight = 2
max_in_flight = 8
prices = {{ m = {{ input = 0.14, cached_input = 0.0028, output = 0.28 }} }}
"""


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's config file, which a test writes."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home" / "config"))
    monkeypatch.setenv("LARGE_KEY", "sk-large-0123456789")
    for name in ("OPENAI_BASE_URL", "OPENAI_MODEL", "OPENAI_API_KEY", "SWARM_BASE_URL", "SWARM_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    path = tmp_path / "home" / "config" / "swarm" / "config.toml"
    path.parent.mkdir(parents=True)
    return path


def events_of(home: Path, kind: str) -> list[dict[str, Any]]:
    with sqlite3.connect(home / "runs" / "r" / "journal.db") as journal:
        return [json.loads(body) for (body,) in journal.execute("SELECT body FROM events WHERE type = ?", (kind,))]


# -- the file ------------------------------------------------------------------------------------------------------


def test_the_file_describes_endpoints_and_keys_come_from_variables(config: Path) -> None:
    config.write_text(TWO.format(large="http://127.0.0.1:1/v1", small="http://127.0.0.1:2/v1"))
    large, small = choose_endpoints()
    assert (large.name, large.api_key, large.roles, large.serves("worker")) == (
        "large",
        "sk-large-0123456789",
        ("planner",),
        False,
    )
    assert (small.weight, small.max_in_flight, small.prices["m"].cached_input, small.api_key) == (2, 8, 0.0028, "")
    (named,) = choose_endpoints(base_url="http://127.0.0.1:3/v1", model="x")
    assert named.base_url.endswith(":3/v1")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[[endpoints]]\nname = "a"\nbase_url = "http://x/v1"', "no model is named"),
        ('[[endpoints]]\nbase_url = "http://x/v1"\nmodel = "m"', "endpoints.0.name"),
        ('[[endpoints]]\nname = "a"\nbase_url = "http://x/v1"\nmodel = "m"\nkey = "k"', "endpoints.0.key"),
        ('[[endpoints]]\nname = "a"\nbase_url = "ftp://x"\nmodel = "m"', "http"),
        ('[[endpoints]]\nname = "a"\nbase_url = "http://x/v1"\nmodel = "m"\napi_key_env = "UNSET_KEY"', "UNSET_KEY"),
        ('[[endpoints]]\nname = "a"\nbase_url = "http://x/v1"\nmodel = "m"\nweight = 0', "endpoints.0.weight"),
    ],
)
def test_what_is_wrong_with_the_file_is_named(config: Path, text: str, words: str) -> None:
    config.write_text(text)
    with pytest.raises(ConfigError, match=words):
        choose_endpoints()


def test_a_file_that_a_flag_names_wins_over_the_environment(
    tmp_path: Path, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("OPENAI_MODEL", "x")
    pool, single = tmp_path / "pool.toml", tmp_path / "single.toml"
    pool.write_text(TWO.format(large="http://127.0.0.1:1/v1", small="http://127.0.0.1:2/v1"))
    single.write_text('base_url = "http://127.0.0.1:3/v1"\n')
    assert [each.name for each in choose_endpoints(config=pool)] == ["large", "small"]
    assert [(each.base_url, each.model) for each in choose_endpoints(config=single)] == [("http://127.0.0.1:3/v1", "x")]
    assert [each.base_url for each in choose_endpoints(config=single, base_url="http://127.0.0.1:4/v1")] == [
        "http://127.0.0.1:4/v1"
    ]
    config.write_text(pool.read_text())
    assert [each.base_url for each in choose_endpoints()] == ["http://127.0.0.1:9/v1"]


def test_a_variable_names_a_file_too(tmp_path: Path, config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config.write_text('base_url = "http://127.0.0.1:1/v1"\nmodel = "m"\n')
    other = tmp_path / "other.toml"
    monkeypatch.setenv("SWARM_CONFIG", str(other))
    with pytest.raises(ConfigError, match="no such config file") as caught:
        choose_endpoints()
    assert "SWARM_CONFIG" in caught.value.hint
    other.write_text('base_url = "http://127.0.0.1:2/v1"\nmodel = "m"\n')
    assert choose_endpoints()[0].base_url == "http://127.0.0.1:2/v1"
    monkeypatch.setenv("SWARM_BASE_URL", "http://127.0.0.1:3/v1")
    assert choose_endpoints()[0].base_url == "http://127.0.0.1:3/v1"


def test_a_key_in_the_file_is_for_its_owner_only(config: Path) -> None:
    config.write_text('[[endpoints]]\nname = "a"\nbase_url = "http://x/v1"\nmodel = "m"\napi_key = "sk-0123456789"')
    config.chmod(0o644)
    with pytest.raises(ConfigError, match="others on this machine") as caught:
        choose_endpoints()
    assert "sk-0123456789" not in f"{caught.value.message}{caught.value.hint}"
    config.chmod(0o600)
    (endpoint,) = choose_endpoints()
    assert endpoint.api_key == "sk-0123456789"


def test_variables_of_other_programs_choose_no_endpoint(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config.write_text('base_url = "http://127.0.0.1:1/v1"\nmodel = "m"\n')
    for name in ("BASE_URL", "MODEL", "ENDPOINTS", "API_KEY"):
        monkeypatch.setenv(name, "http://attacker/v1")
    (endpoint,) = choose_endpoints()
    assert (endpoint.base_url, endpoint.model, endpoint.api_key) == ("http://127.0.0.1:1/v1", "m", "")


# -- runs ----------------------------------------------------------------------------------------------------------


async def test_one_endpoint_plans_and_another_works(tmp_path: Path, config: Path) -> None:
    repository, home = make_repository(tmp_path / "repository"), tmp_path / "home"
    scenario = file_scenario(file_plan(4)).model_copy(update={"models": ["m", "p"]})
    async with SimulatedEndpoint(scenario) as large, SimulatedEndpoint(scenario) as small:
        other = tmp_path / "pool.toml"
        other.write_text(TWO.format(large=large.base_url, small=small.base_url))
        arguments = ("run", "Write files", "--repo", str(repository), "--run-id", "r", "--config", str(other))
        result = await asyncio.to_thread(run_swarm, *arguments, "--sandbox", "none", home=home)
        assert result.returncode == 0, result.stderr
        planned = {call.subtask for call in large.ledger.calls}
        worked = {call.subtask for call in small.ledger.calls}
    assert planned == {"plan"}
    assert worked == {"s0", "s1", "s2", "s3"}
    status = json.loads(run_swarm("status", "r", "--json", home=home).stdout)
    assert status["attempts_by_endpoint"] == {"large": 1, "small": 4}
    assert {event["endpoint"] for event in events_of(home, "model_replied")} == {"large", "small"}
    (opened,) = events_of(home, "run_opened")
    assert [each["name"] for each in opened["settings"]["endpoints"]] == ["large", "small"]
    assert "sk-large" not in (home / "runs" / "r" / "journal.db").read_bytes().decode("latin-1")


async def test_another_endpoint_takes_over_in_the_middle_and_no_attempt_is_spent(tmp_path: Path, config: Path) -> None:
    repository, home = make_repository(tmp_path / "repository"), tmp_path / "home"
    scenario = file_scenario(file_plan(12))
    broke = scenario.model_copy(update={"faults": [Fault(kind="quota", after_calls=8, times=0)]})
    config.write_text(
        '[[endpoints]]\nname = "first"\nmodel = "m"\nbase_url = "{0}"\nweight = 1000\n'
        '[[endpoints]]\nname = "second"\nmodel = "m"\nbase_url = "{1}"\n'
    )
    async with SimulatedEndpoint(broke) as first, SimulatedEndpoint(scenario) as second:
        config.write_text(config.read_text().format(first.base_url, second.base_url))
        arguments = ("run", "Write files", "--repo", str(repository), "--run-id", "r", "--sandbox", "none")
        result = await asyncio.to_thread(run_swarm, *arguments, "--display", "plain", home=home)
        refused = [call for call in first.ledger.calls if call.outcome == "refused"]
        assert result.returncode == 0, result.stderr
        assert len(refused) <= 12
    assert len(branch_files(repository, "swarm/r")) == 13
    assert "endpoint first refused" in result.stderr
    (changed,) = events_of(home, "endpoint_changed")
    assert (changed["endpoint"], changed["state"], changed["code"]) == ("first", "refused", "quota_exhausted")
    assert {event["number"] for event in events_of(home, "attempt_started")} == {1}


async def test_a_run_of_several_endpoints_is_resumed_with_those_of_the_config_file(
    tmp_path: Path, config: Path
) -> None:
    repository, home = make_repository(tmp_path / "repository"), tmp_path / "home"
    scenario = file_scenario(file_plan(4)).model_copy(update={"models": ["m", "p"]})
    async with SimulatedEndpoint(scenario) as large, SimulatedEndpoint(scenario) as small:
        config.write_text(TWO.format(large=large.base_url, small=small.base_url))
        arguments = ("run", "Write files", "--repo", str(repository), "--run-id", "r", "--max-calls", "3")
        paused = await asyncio.to_thread(run_swarm, *arguments, "--sandbox", "none", home=home)
        assert paused.returncode == 5, paused.stderr
        resumed = await asyncio.to_thread(run_swarm, "resume", "r", "--max-calls", "99", home=home)
        assert resumed.returncode == 0, resumed.stderr
        config.write_text("")
    gone = await asyncio.to_thread(run_swarm, "resume", "r", home=home)
    assert gone.returncode in (2, 3)
    opened = events_of(home, "run_opened")
    assert opened[1]["changes"] == ["max_calls: 3 -> 99"]


async def test_a_run_is_resumed_with_the_one_endpoint_of_a_file_that_is_named(tmp_path: Path, config: Path) -> None:
    repository, home = make_repository(tmp_path / "repository"), tmp_path / "home"
    scenario = file_scenario(file_plan(2))
    async with SimulatedEndpoint(scenario) as first, SimulatedEndpoint(scenario) as second:
        arguments = ("run", "Write files", "--repo", str(repository), "--run-id", "r", "--max-calls", "2")
        options = ("--base-url", first.base_url, "--model", "m", "--sandbox", "none")
        paused = await asyncio.to_thread(run_swarm, *arguments, *options, home=home)
        assert paused.returncode == 5, paused.stderr
        named = tmp_path / "one.toml"
        named.write_text(f'base_url = "{second.base_url}"\nmodel = "m"\n')
        words = ("resume", "r", "--max-calls", "99", "--config", str(named))
        resumed = await asyncio.to_thread(run_swarm, *words, home=home)
        assert resumed.returncode == 0, resumed.stderr
        assert {call.subtask for call in second.ledger.calls} <= {"s0", "s1"}
        assert second.ledger.calls
    assert events_of(home, "run_opened")[-1]["settings"]["base_url"] == second.base_url
