"""Scenario files and values: what is accepted, and what the errors say."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from swarm.errors import ScenarioError
from swarm.testing.endpoint import Scenario, ScriptedStep, load_scenario, step

PLAN = '{"subtasks": [{"id": "a", "title": "A", "writes": ["src/a.py"], "checks": ["true"]}, {"id": "b"}]}'


@pytest.fixture
def task(tmp_path: Path) -> Path:
    """A task folder with a plan and a solution."""
    for name, text in {"simulation/plan.json": PLAN, "solution/src/a.py": "A = 1\n", "../outside.txt": "no"}.items():
        path = tmp_path / "task" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "task"


def scenario_file(task: Path, text: str) -> Path:
    path = task / "simulation" / "scenario.toml"
    path.write_text(text)
    return path


def test_every_field_of_the_format_is_read(task: Path) -> None:
    scenario = load_scenario(
        scenario_file(
            task,
            """
            seed = 7
            models = ["sim-planner", "sim-worker"]
            api_key = "k"
            context_tokens = 100_000
            plan = "plan.json"
            [speed]
            first_token_ms = [600, 1400]
            tokens_per_s = 4000
            slots = 3
            [cache]
            block_tokens = 64
            capacity_tokens = 4_000_000
            ttl_s = 60
            [features]
            tools = true
            json_schema = false
            unsupported = "ignore"
            [[faults]]
            kind = "rate_limit"
            share = 0.02
            retry_after_s = 1
            subtask = "a*"
            after_calls = 10
            until_calls = 20
            times = 2
            [[faults]]
            kind = "server_error"
            status = 502
            [[faults]]
            kind = "stall"
            seconds = 3
            [[answers]]
            subtask = "plan"
            steps = [{ plan = "plan.json", reasoning = "Easy." }]
            [[answers]]
            subtask = "judge"
            steps = [{ json = { ok = true } }]
            [[answers]]
            subtask = "a"
            share = 0.06
            attempt = 1
            steps = [
              { tool = "write_file", path = "{file}", content_from = "../solution/{file}" },
              { calls = [ { tool = "shell", command = "{check}" }, { tool = "finish", summary = "{title}" } ] },
            ]
            """,
        )
    )
    assert scenario.files == {"plan.json": PLAN, "../solution/src/a.py": "A = 1\n"}
    assert scenario.speed.first_token_ms == (600, 1400)
    assert [fault.kind for fault in scenario.faults] == ["rate_limit", "server_error", "stall"]
    write, several = scenario.answers[2].steps
    assert [(call.tool, call.arguments) for call in several.tool_calls()] == [
        ("shell", {"command": "{check}"}),
        ("finish", {"summary": "{title}"}),
    ]
    assert write.tool_calls()[0].arguments == {"path": "{file}"}
    assert "api_key" not in repr(scenario)


ANSWER = '[[answers]]\nsubtask = "a"\nsteps = [{}]\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("seed = ", "not valid TOML"),
        ("sede = 7", "sede: Extra inputs are not permitted"),
        ("models = []", "models: "),
        ("[speed]\nfirst_token_ms = [5, 1]", "speed: Value error, first_token_ms"),
        ('[[faults]]\nkind = "fire"', "faults.0.kind: "),
        ('[[faults]]\nkind = "reset"\nseconds = 3', "faults.0: Value error, seconds does not apply to reset"),
        ("[[answers]]\nsteps = []", "answers.0.steps: "),
        (ANSWER.format("{}"), "answers.0.steps.0: Value error, a step needs one of"),
        (ANSWER.format('{ path = "x", text = "y" }'), "path: arguments need a tool"),
        (ANSWER.format('{ tool = "x", plan = "plan.json" }'), "tool and plan cannot be in one step"),
        (ANSWER.format("{ calls = [{ path = 'x' }] }"), "answers.0.steps.0.calls.0.tool: Field required"),
        (ANSWER.format('{ plan = "nothing.json" }'), "answers.0.steps.0.plan: 'nothing.json': No such file"),
        (ANSWER.format('{ plan = "scenario.toml" }'), "'scenario.toml' is not valid JSON"),
        (ANSWER.format('{ tool = "w", content_from = "../../outside.txt" }'), "outside the task's folder"),
        (ANSWER.format('{ tool = "w", content_from = "/etc/hostname" }'), "outside the task's folder"),
        ('plan = "nothing.json"', "plan: 'nothing.json': No such file"),
        ('plan = "scenario.toml"', "plan file scenario.toml: Invalid JSON"),
        (
            'plan = "plan.json"\n' + ANSWER.replace('"a"', '"*"').format('{ tool = "w", path = "{file}" }'),
            "answers.0.steps.0: the plan gives {file} no value for subtask 'b'",
        ),
        (
            'plan = "plan.json"\n' + ANSWER.format('{ tool = "w", content_from = "../other/{file}" }'),
            "answers.0.steps.0.content_from: '../other/src/a.py': No such file",
        ),
    ],
)
def test_a_wrong_file_is_one_error_that_names_the_place(task: Path, text: str, said: str) -> None:
    path = scenario_file(task, text)
    with pytest.raises(ScenarioError) as caught:
        load_scenario(path)
    assert caught.value.message.startswith(f"{path}: ")
    assert caught.value.message.count(str(path)) == 1
    assert said in caught.value.message


def test_a_link_out_of_the_task_is_refused(task: Path) -> None:
    (task / "simulation" / "link.txt").symlink_to(task.parent / "outside.txt")
    path = scenario_file(task, ANSWER.format('{ tool = "w", content_from = "link.txt" }'))
    with pytest.raises(ScenarioError, match="outside the task's folder"):
        load_scenario(path)


def test_a_missing_scenario_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="No such file"):
        load_scenario(tmp_path / "scenario.toml")


def test_a_step_in_one_line_is_the_step_of_a_file() -> None:
    assert step("finish", summary="x") == ScriptedStep.model_validate({"tool": "finish", "summary": "x"})
    assert step(json={"a": 1}) == ScriptedStep.model_validate({"json": {"a": 1}})
    with pytest.raises(ValidationError, match="a step needs one of"):
        step()


def test_a_scenario_in_python_needs_the_files_it_names() -> None:
    from swarm.testing.endpoint import SimulatedEndpoint

    with pytest.raises(ScenarioError, match=r"there is no file 'plan\.json'"):
        SimulatedEndpoint(Scenario(plan="plan.json"))
