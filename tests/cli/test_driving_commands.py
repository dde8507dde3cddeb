"""`swarm run`, `plan` and `resume` as a user types them: good use, and every kind of bad input."""

import asyncio
import json
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from swarm.testing.endpoint import Answer, Scenario, SimulatedEndpoint, Speed, step
from tests.integration.projects import as_json, branch_files, file_plan, file_scenario, git, make_repository, run_swarm

DEAD = ("--base-url", "http://127.0.0.1:9/v1", "--model", "m", "--display", "plain", "--sandbox", "none")
CYCLE = {
    "subtasks": [
        {"id": "a", "instruction": "x", "depends_on": ["b"]},
        {"id": "b", "instruction": "x", "depends_on": ["a"]},
    ]
}


@pytest.fixture
async def simulated() -> AsyncIterator[SimulatedEndpoint]:
    async with SimulatedEndpoint(file_scenario(file_plan(4))) as endpoint:
        yield endpoint


def flags(simulated: SimulatedEndpoint) -> tuple[str, ...]:
    return ("--base-url", simulated.base_url, "--model", "m", "--sandbox", "none")


async def test_run_prints_progress_on_stderr_and_leaves_a_report(tmp_path: Path, simulated: SimulatedEndpoint) -> None:
    repository = make_repository(tmp_path / "repository")
    arguments = ("run", "Write files", "--repo", str(repository), "--run-id", "r", "--check", "cat f3.txt")
    result = await asyncio.to_thread(run_swarm, *arguments, *flags(simulated), home=tmp_path / "home")
    assert result.returncode == 0, result.stderr
    assert result.stdout == ""
    assert "SIMULATED" in result.stderr
    assert "swarm merge r" in result.stderr
    report = (tmp_path / "home" / "runs" / "r" / "report.md").read_text()
    assert "SIMULATED" in report
    assert "cat f3.txt" in report


async def test_run_json_prints_the_journals_events(tmp_path: Path, simulated: SimulatedEndpoint) -> None:
    repository = make_repository(tmp_path / "repository")
    arguments = ("run", "Write files", "--repo", str(repository), "--json", "--display", "none")
    result = await asyncio.to_thread(run_swarm, *arguments, *flags(simulated), home=tmp_path / "home")
    assert result.returncode == 0, result.stderr
    events = [json.loads(line) for line in result.stdout.splitlines()]
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert events[0]["type"] == "run_created"
    assert events[-1]["type"] == "run_ended"


async def test_plan_can_be_edited_and_carried_out(tmp_path: Path, simulated: SimulatedEndpoint) -> None:
    repository = make_repository(tmp_path / "repository")
    home, file = tmp_path / "home", tmp_path / "plan.json"
    planned = await asyncio.to_thread(
        run_swarm,
        *("plan", "Write files", "--repo", str(repository), "-o", str(file)),
        *flags(simulated)[:4],
        home=home,
    )
    assert planned.returncode == 0, planned.stderr
    assert "4 subtasks" in planned.stderr
    assert not (home / "runs").exists()  # a plan is no run
    plan = json.loads(file.read_text())
    plan["subtasks"] = plan["subtasks"][:2]
    file.write_text(json.dumps(plan))
    run = await asyncio.to_thread(
        run_swarm,
        *("run", "--plan", str(file), "--repo", str(repository), "--run-id", "r", "--display", "none"),
        *flags(simulated),
        home=home,
    )
    assert run.returncode == 0, run.stderr
    assert set(branch_files(repository, "swarm/r")) == {"README.md", "f0.txt", "f1.txt"}
    assert [call.subtask for call in simulated.ledger.calls].count("plan") == 1


async def test_a_toml_plan_works_too(tmp_path: Path, simulated: SimulatedEndpoint) -> None:
    repository = make_repository(tmp_path / "repository")
    file = tmp_path / "plan.toml"
    file.write_text('[[subtasks]]\nid = "s0"\ninstruction = "write f0.txt"\nchecks = ["grep done f0.txt"]\n')
    arguments = ("run", "--plan", str(file), "--repo", str(repository), "--display", "none")
    result = await asyncio.to_thread(run_swarm, *arguments, *flags(simulated), home=tmp_path / "home")
    assert result.returncode == 0, result.stderr


async def test_a_shipped_task_gets_a_repository_of_its_own(tmp_path: Path) -> None:
    home = tmp_path / "home"
    from swarm.catalogue import find_task_folder, load_task_folder
    from swarm.testing.endpoint import load_scenario

    scenario = load_task_folder(find_task_folder("tasks/textkit")).scenario
    assert scenario is not None
    async with SimulatedEndpoint(load_scenario(scenario)) as endpoint:
        result = await asyncio.to_thread(
            run_swarm,
            *("run", "tasks/textkit", "--base-url", endpoint.base_url, "--model", "sim-worker"),
            *("--planner-model", "sim-planner", "--sandbox", "none", "--display", "none", "--run-id", "kit"),
            home=home,
        )
    assert result.returncode == 0, result.stderr
    (project,) = (home / "projects").iterdir()
    assert str(project) in result.stderr
    assert "raise NotImplementedError" not in branch_files(project, "swarm/kit")["textkit/vowels.py"]


async def test_merge_brings_the_result_to_the_users_branch_only_when_asked(
    tmp_path: Path, simulated: SimulatedEndpoint
) -> None:
    repository, home = make_repository(tmp_path / "repository"), tmp_path / "home"
    before = git("rev-parse", "main", cwd=repository)
    arguments = ("run", "Write files", "--repo", str(repository), "--run-id", "r", "--display", "none")
    result = await asyncio.to_thread(run_swarm, *arguments, *flags(simulated), home=home)
    assert result.returncode == 0, result.stderr
    assert git("rev-parse", "main", cwd=repository) == before
    merged = await asyncio.to_thread(run_swarm, "merge", "r", home=home)
    assert merged.returncode == 0, merged.stderr
    assert (repository / "f0.txt").read_text() == "done\n"
    assert git("status", "--porcelain", cwd=repository) == ""


async def test_resume_takes_endpoint_and_model_from_the_run_and_records_what_changes(
    tmp_path: Path, simulated: SimulatedEndpoint
) -> None:
    repository, home = make_repository(tmp_path / "repository"), tmp_path / "home"
    first = await asyncio.to_thread(
        run_swarm,
        *("run", "Write files", "--repo", str(repository), "--run-id", "r", "--max-tokens", "1", "--display", "none"),
        *flags(simulated),
        home=home,
    )
    assert first.returncode == 5, first.stderr
    second = await asyncio.to_thread(
        run_swarm, "resume", "r", "--max-tokens", "100000000", "--workers", "2", "--display", "none", home=home
    )
    assert second.returncode == 0, second.stderr
    events = await asyncio.to_thread(run_swarm, "events", "r", "--json", home=home)
    opened = [event for event in map(json.loads, events.stdout.splitlines()) if event["type"] == "run_opened"]
    assert opened[-1]["changes"] == ["workers: 16 -> 2", "max_tokens: 1 -> 100000000"]
    assert simulated.ledger.delivered_twice() == []


async def test_a_failed_run_exits_with_1(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "repository")
    scenario = Scenario(
        models=["m"],
        speed=Speed(first_token_ms=(1, 2)),
        files={"plan.json": as_json(file_plan(1))},
        answers=[
            Answer(subtask="plan", steps=[step(plan="plan.json")]),
            Answer(subtask="*", steps=[step("give_up", reason="cannot be done")]),
        ],
    )
    async with SimulatedEndpoint(scenario) as endpoint:
        arguments = ("run", "x", "--repo", str(repository), "--display", "plain")
        result = await asyncio.to_thread(run_swarm, *arguments, *flags(endpoint), home=tmp_path / "home")
    assert result.returncode == 1
    assert "cannot be done" in result.stderr


async def test_a_planner_that_answers_prose_ends_with_a_clear_failure(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "repository")
    prose = Scenario(
        models=["m"],
        speed=Speed(first_token_ms=(1, 2)),
        answers=[Answer(subtask="plan", steps=[step(text="First I would look around, then I would start.")])],
    )
    async with SimulatedEndpoint(prose) as endpoint:
        run = await asyncio.to_thread(
            run_swarm,
            *("run", "x", "--repo", str(repository), "--display", "plain"),
            *flags(endpoint),
            home=tmp_path / "home",
        )
        plan = await asyncio.to_thread(
            run_swarm, "plan", "x", "--repo", str(repository), *flags(endpoint)[:4], home=tmp_path / "home"
        )
    assert run.returncode == 1
    assert "no usable plan in 2 answers, the last two alike" in run.stderr
    assert plan.returncode == 2
    assert "is prose, not JSON" in plan.stderr
    assert "hint: " in plan.stderr


def test_no_endpoint_names_both_ways_forward(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "repository")
    result = run_swarm("run", "x", "--repo", str(repository), home=tmp_path / "home")
    assert result.returncode == 3
    assert "--base-url" in result.stderr
    assert "swarm demo" in result.stderr
    assert not (tmp_path / "home" / "runs").exists()


def test_no_model_is_a_configuration_error(tmp_path: Path) -> None:
    result = run_swarm("run", "x", "--base-url", "http://127.0.0.1:9/v1", home=tmp_path / "home")
    assert result.returncode == 3
    assert "no model" in result.stderr


def test_the_environment_and_the_config_file_name_the_endpoint(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "repository")
    config = tmp_path / "home" / "config" / "swarm" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text('base_url = "http://127.0.0.1:9/from-file"\nmodel = "m"\n')
    common = ("plan", "x", "--repo", str(repository))
    environments: tuple[dict[str, str], ...] = (
        {},
        {"OPENAI_BASE_URL": "http://127.0.0.1:10/v1"},
        {"OPENAI_BASE_URL": "http://127.0.0.1:10/v1", "SWARM_BASE_URL": "http://127.0.0.1:11/v1"},
    )
    with ThreadPoolExecutor(len(environments)) as threads:  # each waits a while for a server that may be starting
        from_file, from_environment, ours_first = threads.map(
            lambda environment: run_swarm(*common, home=tmp_path / "home", **environment), environments
        )
    assert from_file.returncode == 4
    assert "127.0.0.1:9" in from_file.stderr
    assert "127.0.0.1:10" in from_environment.stderr
    assert "127.0.0.1:11" in ours_first.stderr
    config.write_text("base_url = 7\nfoo = 1\n")
    wrong = run_swarm(*common, home=tmp_path / "home")
    assert wrong.returncode == 3
    assert "config.toml" in wrong.stderr


def test_an_env_file_in_the_repository_is_not_read(tmp_path: Path) -> None:
    files = {".env": "OPENAI_BASE_URL=http://127.0.0.1:12/v1\nOPENAI_MODEL=evil\n"}
    repository = make_repository(tmp_path / "repository", files)
    result = run_swarm("plan", "x", "--repo", str(repository), home=tmp_path / "home")
    assert result.returncode == 3


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("run", "x", "--repo", "nowhere"), 2, "nowhere"),
        (("run", "x", "--repo", "folder"), 2, "not in a git repository"),
        (("run", "x", "--repo", "unborn"), 2, "no commit"),
        (("run", "--repo", "repository"), 2, "nothing says what to do"),
        (("run", "--plan", "cycle.json", "--repo", "repository"), 2, "a -> b -> a"),
        (("run", "--plan", "field.json", "--repo", "repository"), 2, "subtask 'a', field 'surprise'"),
        (("run", "--plan", "half.json", "--repo", "repository"), 2, "half.json: not valid JSON"),
        (("run", "--plan", "missing.json", "--repo", "repository"), 2, "missing.json"),
        (("run", "x", "--repo", "repository", "--sandbox", "moat"), 2, "moat"),
        (("run", "x", "--repo", "repository", "--max-time", "soon"), 2, "soon"),
        (("run", "x", "--repo", "repository", "--run-id", "../r"), 2, "../r"),
        (("run", "tasks/unknown"), 2, "tasks/unknown"),
        (("resume", "unknown"), 2, "unknown"),
        (("status", "unknown"), 2, "unknown"),
        (("run", "x", "--repo", "repository"), 4, "refused the connection"),
    ],
)
def test_bad_input_gets_one_clear_error(tmp_path: Path, arguments: tuple[str, ...], code: int, words: str) -> None:
    make_repository(tmp_path / "repository")
    (tmp_path / "folder").mkdir()
    (tmp_path / "unborn").mkdir()
    git("init", "-q", cwd=tmp_path / "unborn")
    (tmp_path / "cycle.json").write_text(json.dumps(CYCLE))
    (tmp_path / "field.json").write_text('{"subtasks": [{"id": "a", "instruction": "x", "surprise": 1}]}')
    (tmp_path / "half.json").write_text('{"subtasks": [')
    placed = [str(tmp_path / part) if (tmp_path / part).exists() else part for part in arguments]
    extra = (
        DEAD if arguments[0] == "run" and "--sandbox" not in arguments else DEAD[:6] if arguments[0] == "run" else ()
    )
    result = run_swarm(*placed, *extra, home=tmp_path / "home")
    assert result.returncode == code, result.stderr
    assert words in result.stderr
    assert "Traceback" not in result.stderr


async def test_a_dirty_tree_is_allowed_and_said(tmp_path: Path, simulated: SimulatedEndpoint) -> None:
    repository = make_repository(tmp_path / "repository")
    (repository / "README.md").write_text("changed, not committed\n")
    arguments = ("run", "x", "--repo", str(repository), "--run-id", "r", "--display", "plain")
    result = await asyncio.to_thread(run_swarm, *arguments, *flags(simulated), home=tmp_path / "home")
    assert result.returncode == 0, result.stderr
    assert "uncommitted changes" in result.stderr
    assert branch_files(repository, "swarm/r")["README.md"] == "A project."
    assert (repository / "README.md").read_text() == "changed, not committed\n"


async def test_a_run_id_that_exists_stays_resumable(tmp_path: Path, simulated: SimulatedEndpoint) -> None:
    repository, home = make_repository(tmp_path / "repository"), tmp_path / "home"
    arguments = ("run", "x", "--repo", str(repository), "--run-id", "r", "--display", "none", *flags(simulated))
    paused = await asyncio.to_thread(run_swarm, *arguments, "--max-tokens", "1", home=home)
    assert paused.returncode == 5
    again = await asyncio.to_thread(run_swarm, *arguments, home=home)
    assert again.returncode == 2
    assert "swarm resume r" in again.stderr
    resumed = await asyncio.to_thread(
        run_swarm, "resume", "r", "--max-tokens", "1000000", "--display", "none", home=home
    )
    assert resumed.returncode == 0, resumed.stderr


async def test_keys_appear_nowhere(tmp_path: Path) -> None:
    repository, home = make_repository(tmp_path / "repository"), tmp_path / "home"
    key = "sk-CANARY-0123456789abcdef"
    tell = [step("shell", command="env; cat /proc/self/environ | tr '\\0' '\\n'"), step("finish", summary="told")]
    scenario = Scenario(models=["m"], answers=[Answer(subtask="*", steps=tell)], speed=Speed(first_token_ms=(1, 2)))
    file = tmp_path / "plan.json"
    file.write_text(json.dumps({"subtasks": [{"id": "a", "instruction": "look around"}]}))
    async with SimulatedEndpoint(scenario, api_key=key) as endpoint:
        result = await asyncio.to_thread(
            run_swarm,
            *("run", "--plan", str(file), "--repo", str(repository), "--run-id", "r", "--json"),
            *flags(endpoint),
            home=home,
            OPENAI_API_KEY=key,
        )
    assert result.returncode == 1  # nothing was checked: unverified
    assert key not in result.stdout + result.stderr
    for path in (home / "runs").rglob("*"):
        if path.is_file():
            assert key.encode() not in path.read_bytes(), path
