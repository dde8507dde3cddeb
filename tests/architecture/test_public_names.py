"""What `import swarm` promises: a name that goes missing breaks the programs of others."""

import ast
import importlib
import inspect
from pathlib import Path

import pytest

import swarm

PUBLIC = [
    "Endpoint",
    "Limits",
    "Plan",
    "Run",
    "RunResult",
    "Subtask",
    "Swarm",
    "SwarmError",
    "Task",
    "ToolContext",
    "run_sync",
    "tool",
    "__version__",
]


def test_the_public_names_are_pinned() -> None:
    assert vars(swarm)["__all__"] == PUBLIC
    assert dir(swarm) == sorted(PUBLIC)


@pytest.mark.parametrize("name", PUBLIC)
def test_each_name_loads_and_explains_itself(name: str) -> None:
    value = getattr(swarm, name)
    assert name == "__version__" or inspect.getdoc(value)


def test_type_checkers_are_told_the_same_names_from_the_same_places() -> None:
    stub = Path(swarm.__file__).with_suffix(".pyi")
    told: dict[str, object] = {}
    for node in ast.parse(stub.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom):
            assert node.module is not None
            for alias in node.names:
                told[alias.asname or ""] = getattr(importlib.import_module(node.module), alias.name)
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            told[node.target.id] = getattr(swarm, node.target.id)
    assert sorted(told) == sorted(PUBLIC)
    assert all(getattr(swarm, name) is value for name, value in told.items())


def test_an_unknown_name_is_an_attribute_error() -> None:
    missing = "nothing"
    with pytest.raises(AttributeError, match=missing):
        getattr(swarm, missing)
