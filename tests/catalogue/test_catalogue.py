from pathlib import Path

import pytest

from swarm import catalogue
from swarm.catalogue import find_task_folder, load_task_folder, shipped_tasks
from swarm.errors import TaskError

TASK = """
[task]
name = "small"
title = "A small one"
checks = ["true"]
"""
RAISED = "raised = { max_tokens = 1_000 }\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "small"
    (root / "repo").mkdir(parents=True)
    (root / "task.toml").write_text(TASK)
    (root / "instruction.md").write_text("Do it.\n")
    return root


def test_a_task_folder_is_read_whole(folder: Path) -> None:
    (folder / "tests").mkdir()
    (folder / "tests" / "verify.sh").write_text("exit 0\n")
    (folder / "simulation").mkdir()
    (folder / "simulation" / "scenario.toml").write_text("")
    (folder / "task.toml").write_text(TASK + '[simulation]\nscenario = "simulation/scenario.toml"\n' + RAISED)
    task = load_task_folder(folder)
    assert (task.file.title, task.instruction, task.start) == ("A small one", "Do it.\n", folder.resolve() / "repo")
    assert (task.solution, task.tests) == (None, folder.resolve() / "tests")
    assert task.scenario == folder.resolve() / "simulation" / "scenario.toml"
    assert (task.file.raised.max_tokens, task.file.raised.max_calls) == (1000, None)
    assert (task.below, task.protected, task.file.shows) == ("", (), "")


def test_a_task_without_a_repository_has_inputs_that_nobody_changes(folder: Path) -> None:
    (folder / "repo").rename(folder / "inputs")
    (folder / "task.toml").write_text(TASK + 'protected = ["notes/**"]\nshows = "research"\n')
    task = load_task_folder(folder)
    assert (task.start, task.below, task.file.shows) == (folder.resolve() / "inputs", "inputs", "research")
    assert task.protected == ("inputs/**", "notes/**")
    (folder / "repo").mkdir()
    with pytest.raises(TaskError, match="both repo/ and inputs/"):
        load_task_folder(folder)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("task.toml", "[task", "task.toml: not valid TOML"),
        ("task.toml", '[task]\nname = ""', "field 'task.name'"),
        ("task.toml", '[task]\nname = "other"', "field 'task.name': 'other' is not the folder's name, 'small'"),
        ("task.toml", TASK + "colour = 1", "field 'task.colour'"),
        ("task.toml", TASK + '[simulation]\nscenario = "none.toml"', "field 'simulation.scenario': 'none.toml'"),
        ("task.toml", TASK + '[simulation]\nscenario = "../x.toml"', "field 'simulation.scenario': '../x.toml'"),
        (
            "task.toml",
            TASK + '[simulation]\nscenario = "x"\nraised = { workers = 2 }',
            "field 'simulation.raised.workers'",
        ),
        ("task.toml", TASK + "[limits]\nworkers = 0", "field 'limits.workers'"),
        ("tests", None, "verify.sh: there is no such file"),
        ("task.toml", b"\xff", "task.toml: not UTF-8"),
        ("instruction.md", " \n", "instruction.md: it is empty"),
        ("instruction.md", None, "instruction.md: No such file"),
        ("repo", None, "repo: there is no such folder"),
    ],
)
def test_what_is_wrong_is_named(folder: Path, name: str, content: str | bytes | None, message: str) -> None:
    (folder.parent / "x.toml").write_text("")
    target = folder / name
    if isinstance(content, bytes):
        target.write_bytes(content)
    elif isinstance(content, str):
        target.write_text(content)
    elif target.is_dir():
        target.rmdir()
    elif name == "tests":
        target.mkdir()  # without what judges
    else:
        target.unlink()
    with pytest.raises(TaskError) as caught:
        load_task_folder(folder)
    assert message in caught.value.message


def test_a_task_is_found_by_path_or_by_name(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "shipped_tasks", lambda: [folder])
    monkeypatch.chdir("/")
    assert find_task_folder(str(folder)) == folder
    assert find_task_folder("small") == folder
    assert find_task_folder("tasks/small") == folder
    with pytest.raises(TaskError, match="other/small is not a task folder"):
        find_task_folder("other/small")
    with pytest.raises(TaskError) as caught:
        find_task_folder("large")
    assert "Shipped tasks: small." in caught.value.hint


def test_the_shipped_tasks_can_be_read() -> None:
    for path in shipped_tasks():
        assert load_task_folder(path).file.name == path.name
