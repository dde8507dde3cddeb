"""Requests, endpoints and dialects."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarm.core.messages import Message, Reply, Role, ToolCall
from swarm.errors import ConfigError
from swarm.llm import Endpoint, Timeouts
from swarm.llm.codec import answer_tool_name, encode_request, tool_names
from swarm.llm.dialects import Refused, refused_part
from swarm.llm.families import DIALECTS, dialect_for
from swarm.llm.json_text import decoded, encoded
from swarm.llm.text_tools import describe_tools
from swarm.protocols import ToolSpec
from tests.llm.llm_servers import PLAN_SCHEMA, READ_FILE, question

DEFAULT = DIALECTS["default"]


def names(payload: dict[str, Any]) -> list[str]:
    return [tool["function"]["name"] for tool in payload["tools"]]


def test_a_conversation_is_written_as_it_happened() -> None:
    reply = Reply("", "why", "reasoning", (ToolCall("1", "read_file", '{"path":  "a"}'),), "tool_calls")
    messages = [
        Message(Role.SYSTEM, "s"),
        Message(Role.USER, "u"),
        Message(Role.ASSISTANT, reply=reply),
        Message(Role.TOOL, "", tool_call_id="1"),
        Message(Role.ASSISTANT, reply=Reply("done")),
    ]
    function = {"name": "read_file", "arguments": '{"path":  "a"}'}
    assert encode_request(question(messages=messages), "m", DEFAULT)["messages"] == [
        {"role": "system", "content": "s"},
        {"role": "user", "content": "u"},
        {
            "role": "assistant",
            "content": "",
            "reasoning": "why",
            "tool_calls": [{"id": "1", "type": "function", "function": function}],
        },
        {"role": "tool", "tool_call_id": "1", "content": "(empty)"},
        {"role": "assistant", "content": "done"},
    ]


def test_reasoning_goes_back_under_the_name_it_came_with_even_when_empty() -> None:
    for reply, expected in (
        (Reply("x", "", "reasoning_content"), {"reasoning_content": ""}),
        (Reply("x", "kept from tags", ""), {}),
    ):
        message = Message(Role.ASSISTANT, reply=reply)
        [turn] = encode_request(question(messages=[message]), "m", DEFAULT)["messages"]
        assert turn == {"role": "assistant", "content": "x"} | expected


@pytest.mark.parametrize("arguments", ['{"path": "a', "[1]", "", "[" * 100_000])
def test_f19_f30_arguments_that_no_server_could_read_do_not_poison_the_conversation(arguments: str) -> None:
    message = Message(Role.ASSISTANT, reply=Reply(tool_calls=(ToolCall("1", "x", arguments),)))
    [turn] = encode_request(question(messages=[message]), "m", DEFAULT)["messages"]
    replayed = json.loads(turn["tool_calls"][0]["function"]["arguments"])
    assert replayed == {"unreadable_arguments": arguments}


def test_what_goes_along_with_tools_is_the_dialects() -> None:
    request = question(tools=[READ_FILE], max_output_tokens=5, affinity="a")
    first = encode_request(request, "m", DEFAULT)
    assert first["tool_choice"] == "required"
    assert first["max_tokens"] == 5
    assert first["stream"] is True
    assert names(first) == ["read_file"]
    assert "parallel_tool_calls" not in first
    kimi = encode_request(request, "m", DIALECTS["kimi"])
    assert (kimi["tool_choice"], kimi["max_completion_tokens"]) == ("auto", 5)
    assert "tool_choice" not in encode_request(request, "m", DIALECTS["ollama"])
    assert encode_request(request, "m", DIALECTS["llama.cpp"])["parallel_tool_calls"] is True
    plain = encode_request(question(), "m", DEFAULT.without(Refused("streaming", True)))
    assert set(plain) == {"model", "messages"}


def test_a_shape_is_asked_for_as_the_dialect_can() -> None:
    request = question(schema=PLAN_SCHEMA)
    dialect = DIALECTS["deepseek"]
    assert names(encode_request(request, "m", dialect)) == ["submit_plan"]
    dialect = dialect.without(Refused("structured", "tool"))
    assert encode_request(request, "m", dialect)["response_format"] == {"type": "json_object"}
    dialect = dialect.without(Refused("structured", "json_object"))
    assert "response_format" not in encode_request(request, "m", dialect)
    shape = encode_request(request, "m", DEFAULT)["response_format"]["json_schema"]
    assert shape == {"name": "submit_plan", "schema": PLAN_SCHEMA, "strict": False}


def test_without_native_tools_a_conversation_is_text() -> None:
    dialect = DEFAULT.without(Refused("tools", "native"))
    calls = (ToolCall("1", "read_file", '{"path": "a"}'), ToolCall("2", "read_file", '{"path": "b"}'))
    messages = [
        Message(Role.SYSTEM, "Rules."),
        Message(Role.USER, "Go."),
        Message(Role.ASSISTANT, reply=Reply("Reading.", "why", "reasoning", calls)),
        Message(Role.TOOL, "A", tool_call_id="1"),
        Message(Role.TOOL, "", tool_call_id="2"),
    ]
    request = question(messages=messages, tools=[READ_FILE])
    payload = encode_request(request, "m", dialect)
    assert "tools" not in payload
    [call] = payload["response_format"]["json_schema"]["schema"]["anyOf"]
    assert call["properties"] == {"tool": {"const": "read_file"}, "arguments": READ_FILE.parameters}
    system, user, assistant, results = payload["messages"]
    assert system["content"].startswith("Rules.\n\nEvery answer is one JSON object that calls one tool")
    assert '"path"' in system["content"]
    assert user == {"role": "user", "content": "Go."}
    assert assistant["content"] == (
        'Reading.\n{"tool": "read_file", "arguments": {"path": "a"}}\n{"tool": "read_file", "arguments": {"path": "b"}}'
    )
    assert results == {"role": "user", "content": "Result of read_file:\nA\n\nResult of read_file:\n(empty)"}
    assert tool_names(request, dialect) == {"read_file"}
    [system, _] = encode_request(question("Go.", tools=[READ_FILE]), "m", dialect)["messages"]
    assert system["role"] == "system"
    by_prompt_alone = encode_request(request, "m", dialect.without(Refused("tools", "action")))
    assert "response_format" not in by_prompt_alone
    assert by_prompt_alone["messages"] == payload["messages"]


def test_a_withheld_tool_stays_in_the_prompt_and_leaves_the_schema() -> None:
    dialect = DEFAULT.without(Refused("tools", "native"))
    other = ToolSpec("finish", "Hand in.", {"type": "object", "properties": {}})
    free, held = (question("Go.", tools=[READ_FILE, other], withheld=names) for names in ((), ("finish",)))
    payloads = [encode_request(request, "m", dialect) for request in (free, held)]
    assert payloads[0]["messages"] == payloads[1]["messages"]
    callable_names = [
        [call["properties"]["tool"]["const"] for call in payload["response_format"]["json_schema"]["schema"]["anyOf"]]
        for payload in payloads
    ]
    assert callable_names == [["read_file", "finish"], ["read_file"]]


def test_a_line_says_what_a_tool_takes() -> None:
    simple = ToolSpec(
        "pick",
        "Pick some.",
        {
            "type": "object",
            "properties": {"names": {"type": "array", "items": {"type": "string"}}, "count": {"type": "integer"}},
            "required": ["names"],
        },
    )
    assert describe_tools([simple]).endswith(
        '- pick: Pick some. Arguments: "names" (array of strings), "count" (integer, optional).'
    )
    nested = ToolSpec("nest", "Nest.", {"type": "object", "properties": {"shape": {"type": "object"}}})
    assert describe_tools([nested]).endswith(f"Arguments, as JSON Schema: {json.dumps(nested.parameters)}")
    chosen = ToolSpec("choose", "Choose.", {"type": "object", "properties": {"way": {"enum": ["a", "b"]}}})
    assert '"enum": ["a", "b"]' in describe_tools([chosen])
    assert describe_tools([ToolSpec("stop", "Stop.", {"type": "object"})]).endswith("- stop: Stop. No arguments.")


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("SubmitPlan", "submit_plan"),
        ("submit_plan", "submit_plan"),
        ("A plan!", "a_plan"),
        ("", "submit_answer"),
        ("Ž", "submit_answer"),
        ("1st", "submit_answer"),
    ],
)
def test_the_tool_for_a_shape_is_named_by_its_title(title: str, name: str) -> None:
    assert answer_tool_name({"title": title}) == name


def test_bytes_are_the_same_each_time_and_survive_lone_surrogates() -> None:
    payload = encode_request(question("a\ud800b ž", tools=[READ_FILE]), "m", DEFAULT)
    assert json.loads(encoded(payload))["messages"][0]["content"] == "a?b ž"


ANY_TEXT = st.text(st.characters(exclude_categories=()))
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY_TEXT, inner, max_size=3),
    max_leaves=6,
)


@given(JSON_VALUES)
def test_json_text_is_that_of_the_standard_library(value: object) -> None:
    plain = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    assert encoded(value) == plain.encode("utf-8", "replace")
    assert decoded(plain) == value


@pytest.mark.parametrize(
    ("url", "family"),
    [
        ("https://api.openai.com/v1", "openai"),
        ("https://api.deepseek.com", "deepseek"),
        ("https://api.moonshot.ai/v1", "kimi"),
        ("https://api.kimi.com/coding/v1", "kimi"),
        ("http://localhost:11434/v1", "ollama"),
        ("http://127.0.0.1:8080/v1", "default"),
        ("https://notopenai.com.example/v1", "default"),
    ],
)
def test_the_family_is_known_by_the_host(url: str, family: str) -> None:
    assert dialect_for(url).family == family
    assert dialect_for(url, "vllm").family == "vllm"


def test_an_unknown_family_is_a_wrong_setting() -> None:
    with pytest.raises(ConfigError, match="no dialect 'x'"):
        dialect_for("http://h", "x")


@pytest.mark.parametrize(
    ("complaint", "part"),
    [
        ("tool_choice: only auto and none", "tool_choice"),
        ("Unknown parameter: stream_options", "stream_usage"),
        ("parallel_tool_calls is not supported", "parallel_calls"),
        ("max_completion_tokens: extra inputs are not permitted", "output_limit"),
        ("temperature must be 1", None),
        ("response_format is not supported", None),
        ("tools[0].function.name is not valid", None),
        ("this model does not support tools", "tools"),
        ("No endpoints found that support tool use", "tools"),
        ("tools param requires --jinja flag", "tools"),
        ("stream: this endpoint does not support stream", "streaming"),
    ],
)
def test_only_what_was_sent_and_named_can_be_refused(complaint: str, part: str | None) -> None:
    dialect = DIALECTS["openai"]
    payload = encode_request(question(tools=[READ_FILE], max_output_tokens=4), "m", dialect)
    refused = refused_part(payload, dialect, complaint, shaped=False)
    assert (refused.part if refused else None) == part
    if refused:
        again = dialect.without(refused)
        assert again != dialect
        assert again.without(refused) == again


def test_an_endpoint_checks_and_keeps_its_settings() -> None:
    endpoint = Endpoint(" http://127.0.0.1:8080/v1/ ", api_key=" k-123 ", model="a", models={"planner": "b"})
    assert endpoint.base_url == "http://127.0.0.1:8080/v1"
    assert (endpoint.name_for("planner"), endpoint.name_for("worker"), endpoint.host) == ("b", "a", "127.0.0.1:8080")
    assert "k-123" not in repr(endpoint)
    assert hash(endpoint) == hash(endpoint)
    with pytest.raises(ConfigError, match="role 'judge'"):
        Endpoint("http://h", models={"planner": "b"}).name_for("judge")
    # Who is named for workers only shortens their conversations, too.
    assert Endpoint("http://h", models={"worker": "a"}).name_for("compactor") == "a"


@pytest.mark.parametrize(
    "url",
    ["", "h/v1", "ftp://h", "http://", "http://h:port", "http://h/v1?x=1", "http://h/#x", "http://h/a b", "http://[h"],
)
def test_a_base_url_that_cannot_be_used_is_refused(url: str) -> None:
    with pytest.raises(ConfigError):
        Endpoint(url)


def test_a_password_in_the_base_url_is_refused_and_not_repeated() -> None:
    with pytest.raises(ConfigError, match="user name or password") as caught:
        Endpoint("https://me:hunter2@h/v1")
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("settings", [{"api_key": "a\nb"}, {"api_key": "ž"}, {"max_in_flight": 0}])
def test_other_settings_that_cannot_be_used_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(ConfigError):
        Endpoint("http://h", **settings)


def test_timeouts_must_be_positive() -> None:
    with pytest.raises(ConfigError, match="idle_s"):
        Timeouts(idle_s=0)
