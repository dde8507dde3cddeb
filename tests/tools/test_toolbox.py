"""Calls as models write them: carried out, or refused in words."""

import asyncio
from typing import Any

import pytest

from swarm.errors import ToolError, UsageError, WorkspaceError
from swarm.tools.builtin import builtin_tools
from swarm.tools.control import CONTROL_SPECS, Finish, GiveUp, Split, parse_control
from swarm.tools.definition import tool
from swarm.tools.toolbox import Toolbox

CONTEXT: Any = object()
CALLS: list[Any] = []


@tool
async def echo(text: str) -> str:
    """Return the text."""
    CALLS.append(text)
    return text


@tool(read_only=True)
def broken(kind: str) -> str:
    """Fail."""
    if kind == "sandbox":
        raise WorkspaceError("the sandbox is gone")
    if kind == "tool":
        raise ToolError("no such \x1b thing")
    raise LookupError("a detail")


TOOLBOX = Toolbox([echo, broken])


@pytest.fixture(autouse=True)
def no_calls() -> None:
    CALLS.clear()


async def call(name: str, arguments: str) -> tuple[str, bool]:
    outcome = await TOOLBOX.call(name, arguments, CONTEXT)
    return outcome.content, outcome.failed


def test_specs_keep_their_order_and_end_with_the_control_tools() -> None:
    names = [spec.name for spec in TOOLBOX.specs]
    assert names == ["echo", "broken", "finish", "split", "give_up"]
    assert Toolbox([echo, broken]).specs == TOOLBOX.specs
    assert [TOOLBOX.is_read_only(name) for name in ("echo", "broken", "none")] == [False, True, True]


def test_names_are_unique() -> None:
    with pytest.raises(UsageError, match="already a tool named 'echo'"):
        Toolbox([echo, echo])
    with pytest.raises(UsageError, match="already a tool named 'finish'"):
        Toolbox([tool(name="finish")(echo.function)])
    Toolbox([*builtin_tools(), echo])


async def test_a_call() -> None:
    assert await call("echo", '{"text": "hi"}') == ("hi", False)
    assert await call("echo", '{"text": ""}') == ("(no output)", False)


async def test_an_unknown_tool() -> None:
    assert await call("ech", "{}") == (
        "There is no tool named 'ech'. The tools are: echo, broken, finish, split, give_up.",
        True,
    )


@pytest.mark.parametrize(
    "arguments",
    [
        '{"text": "a',
        '{"text": "a"} {"text": "b"}',
        "{'text': 'a'}",
        '{"text": NaN}',
        '"a"',
        "[]",
        "[" * 5000,
        '{"text": "\\ud800"}',
    ],
)
async def test_what_is_not_valid_json_is_never_carried_out(arguments: str) -> None:
    content, failed = await call("echo", arguments)
    assert failed
    assert content.startswith("The arguments of echo ")
    assert "nothing was done" in content
    assert CALLS == []


async def test_blank_arguments_stand_for_none() -> None:
    content, failed = await call("echo", "")
    assert failed
    assert "'text' is missing" in content


async def test_a_violation_names_the_argument() -> None:
    content, failed = await call("echo", '{"text": 1, "loud": true}')
    assert failed
    assert "'text': input should be a valid string, not the number 1; 'loud' is not an argument" in content
    assert CALLS == []


async def test_failures_of_a_tool_are_told() -> None:
    assert await call("broken", '{"kind": "tool"}') == (r"no such \x1b thing", True)
    assert await call("broken", '{"kind": "any"}') == ("broken failed: LookupError: a detail", True)


async def test_failures_of_ours_are_not_the_models() -> None:
    with pytest.raises(WorkspaceError):
        await call("broken", '{"kind": "sandbox"}')


async def test_output_is_harmless_and_bounded() -> None:
    content, failed = await call("echo", '{"text": "\\u001b]52;c;x\\u0007 \\u202e\\r\\n"}')
    assert (content, failed) == ("\\x1b]52;c;x\\x07 \\u202e\n", False)
    content, _ = await call("echo", f'{{"text": "<{"x" * 200_000}>"}}')
    assert len(content) < 66_000
    assert content.startswith("<x")
    assert content.endswith("x>")
    assert "134466 characters left out" in content


async def test_cancellation_is_passed_on() -> None:
    @tool
    async def wait() -> str:
        """Wait for ever."""
        await asyncio.Event().wait()
        return ""

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await Toolbox([wait]).call("wait", "{}", CONTEXT)


class TestControl:
    def test_what_they_say(self) -> None:
        assert parse_control("finish", '{"summary": "did it", "concerns": ["c"]}') == Finish("did it", (), ("c",))
        assert parse_control("split", '{"reason": "big", "parts": ["a", "b"]}') == Split("big", ("a", "b"))
        assert parse_control("give_up", '{"reason": "no"}') == GiveUp("no")
        assert parse_control("shell", "not even JSON") is None

    @pytest.mark.parametrize(
        ("name", "arguments", "message"),
        [
            ("finish", "", "'summary' is missing"),
            ("finish", '{"summary": " "}', "'summary' is empty"),
            ("finish", '{"summary": "a", "decisions": "b"}', "'decisions': input should be a valid array"),
            ("finish", '{"summary": "a', "not valid JSON"),
            ("split", '{"reason": "a", "parts": ["b"]}', "at least 2 parts"),
            ("split", '{"reason": "a", "parts": ["b", ""]}', "at least 2 parts"),
            ("give_up", '{"reason": "", "x": 1}', "'x' is not an argument"),
        ],
    )
    def test_what_is_wrong_is_named(self, name: str, arguments: str, message: str) -> None:
        with pytest.raises(ToolError, match=message):
            parse_control(name, arguments)

    def test_descriptions_are_short(self) -> None:
        for spec in CONTROL_SPECS:
            assert len(spec.description) < 130
