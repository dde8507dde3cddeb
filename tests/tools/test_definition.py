"""``@tool``: a function's signature as a schema, enforced."""

import threading
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field

from swarm.errors import ToolError, UsageError
from swarm.protocols import ToolContext
from swarm.tools.definition import tool

CONTEXT: Any = object()


class Point(BaseModel):
    """A place."""

    x: int
    title: str = ""


@tool
async def measure(
    context: ToolContext,
    name: str,
    unit: Literal["m", "km"],
    points: list[Point],
    json: int = 3,
    note: str | None = None,
) -> str:
    """Measure a distance.

    Twice, to be sure.

    Args:
        name: What to measure, and
            why.
        unit (str): The unit.
        note: A remark: optional.

    Returns:
        The distance.
    """
    assert context is CONTEXT
    return f"{name} {unit} {[point.x for point in points]} {json} {note}"


def test_the_schema() -> None:
    spec = measure.spec
    assert (spec.name, spec.description) == ("measure", "Measure a distance.\n\nTwice, to be sure.")
    assert list(spec.parameters["properties"]) == ["name", "unit", "points", "json", "note"]
    assert spec.parameters == {
        "$defs": {
            "Point": {
                "description": "A place.",
                "properties": {"x": {"type": "integer"}, "title": {"type": "string"}},
                "required": ["x"],
                "type": "object",
            }
        },
        "additionalProperties": False,
        "properties": {
            "name": {"description": "What to measure, and why.", "type": "string"},
            "unit": {"description": "The unit.", "enum": ["m", "km"], "type": "string"},
            "points": {"items": {"$ref": "#/$defs/Point"}, "type": "array"},
            "json": {"default": 3, "type": "integer"},
            "note": {"description": "A remark: optional.", "type": "string"},
        },
        "required": ["name", "unit", "points"],
        "type": "object",
    }


async def test_a_call() -> None:
    assert await measure.call(CONTEXT, {"name": "a", "unit": "m", "points": [{"x": 1}]}) == "a m [1] 3 None"
    arguments = {"name": "a", "unit": "km", "points": [], "json": 4, "note": None}
    assert await measure.call(CONTEXT, arguments) == "a km [] 4 None"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": 5}, "'name': input should be a valid string, not the number 5"),
        ({"name": None}, "'name': input should be a valid string, not null"),
        ({"json": "3"}, "'json': input should be a valid integer, not a string"),
        ({"json": True}, "'json': input should be a valid integer, not true"),
        ({"unit": "cm"}, "'unit': input should be 'm' or 'km', not a string"),
        ({"points": [{"x": "1"}]}, "'points.0.x': input should be a valid integer, not a string"),
        ({"context": 1}, "'context' is not an argument"),
        ({"argument_0": "x"}, "'argument_0' is not an argument"),
    ],
)
async def test_nothing_is_converted(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ToolError) as refused:
        await measure.call(CONTEXT, {"name": "a", "unit": "m", "points": []} | change)
    assert message in refused.value.message
    assert "Expected measure(name: string, unit: 'm' | 'km', points: array of" in refused.value.message


async def test_what_is_missing_is_named() -> None:
    with pytest.raises(ToolError, match="'name' is missing; 'unit' is missing; 'points' is missing"):
        await measure.call(CONTEXT, {})


async def test_a_plain_function_runs_in_a_thread_and_may_return_anything() -> None:
    @tool(name="list-threads", read_only=True)
    def threads(count: Annotated[int, Field(ge=1)] = 1) -> dict[str, Any]:
        """Say where this runs."""
        return {"main": threading.current_thread() is threading.main_thread(), "count": count}

    assert threads.spec.name == "list-threads"
    assert threads.read_only
    assert not measure.read_only
    assert await threads.call(CONTEXT, {}) == '{"main":false,"count":1}'
    with pytest.raises(ToolError, match="greater than or equal to 1"):
        await threads.call(CONTEXT, {"count": 0})


def test_bad_definitions_are_refused() -> None:
    def no_docstring(a: int) -> str:
        return ""

    def no_type(a) -> str:  # type: ignore[no-untyped-def]
        """Do."""
        return ""

    def variable(*a: int) -> str:
        """Do."""
        return ""

    def opaque(a: threading.Thread) -> str:
        """Do."""
        return ""

    def go(a: int) -> str:
        """Do."""
        return ""

    for function, message in (
        (no_docstring, "needs a docstring"),
        (no_type, "needs a type"),
        (variable, "must have a name"),
        (opaque, "cannot express"),
        (go, "cannot be the name"),
    ):
        with pytest.raises(UsageError, match=message):
            tool(function)
    with pytest.raises(UsageError, match="cannot be the name"):
        tool(name="1st tool")(measure.function)
