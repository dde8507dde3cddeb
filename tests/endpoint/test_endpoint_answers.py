"""What the endpoint says over a real socket, and to whom."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import httpx2
import pytest

from swarm.testing.endpoint import Answer, Features, Scenario, ScriptedCall, SimulatedEndpoint, step

Json = dict[str, Any]
Ask = Callable[..., Json]
Start = Callable[..., Awaitable[SimulatedEndpoint]]

PLAN = {"subtasks": [{"id": "parser", "title": "Parser", "writes": ["src/p.py"], "checks": ["pytest p"]}]}
WORK = Scenario(
    plan="plan.json",
    files={"plan.json": json.dumps(PLAN), "../solution/src/p.py": "print(f'{id} {file}')\n"},
    answers=[
        Answer(subtask="plan", steps=[step(plan="plan.json", reasoning="Small.")]),
        Answer(subtask="judge", steps=[step(json={"verdict": "good", "of": "{id}"})]),
        Answer(subtask="talk", steps=[step(text="Hello {id}.")]),
        Answer(subtask="parser", attempt=2, steps=[step("give_up", reason="second try")]),
        Answer(
            subtask="pars*",
            steps=[
                step("read_file", path="{file}", keep="{unknown} {}"),
                step("write_file", path="{file}", content_from="../solution/{file}", reasoning="Thinking."),
                step(
                    calls=[ScriptedCall(tool="shell", command="{check}"), ScriptedCall(tool="finish", summary="x")],
                    text="Testing.",
                ),
                step("finish", summary="Did {title}.", decisions=["{id}"]),
            ],
        ),
    ],
)


async def post(client: httpx2.AsyncClient, url: str, body: Json, **headers: str) -> httpx2.Response:
    return await client.post(f"{url}/chat/completions", json=body, headers=headers)


async def message_of(client: httpx2.AsyncClient, url: str, body: Json) -> Json:
    reply = await post(client, url, body)
    assert reply.status_code == 200, reply.text
    message: Json = reply.json()["choices"][0]["message"]
    return message


def calls_of(message: Json) -> list[tuple[str, Json]]:
    return [(call["function"]["name"], json.loads(call["function"]["arguments"])) for call in message["tool_calls"]]


async def test_steps_follow_the_number_of_replies_and_the_last_one_repeats(
    start: Start, client: httpx2.AsyncClient, ask: Ask, tools: list[Json]
) -> None:
    url = (await start(WORK)).base_url
    messages = [await message_of(client, url, ask(replies=number, tools=tools)) for number in (0, 1, 2, 3, 9)]
    assert calls_of(messages[0]) == [("read_file", {"path": "src/p.py", "keep": "{unknown} {}"})]
    assert calls_of(messages[1]) == [("write_file", {"path": "src/p.py", "content": "print(f'{id} {file}')\n"})]
    assert messages[1]["reasoning_content"] == "Thinking."
    assert calls_of(messages[2]) == [("shell", {"command": "pytest p"}), ("finish", {"summary": "x"})]
    assert messages[2]["content"] == "Testing."
    assert calls_of(messages[3]) == [("finish", {"summary": "Did Parser.", "decisions": ["parser"]})]
    assert calls_of(messages[4]) == calls_of(messages[3])
    ids = [call["id"] for message in messages for call in message["tool_calls"]]
    assert len(set(ids)) == len(ids)
    again = await message_of(client, url, ask(replies=2, tools=tools))
    assert [call["id"] for call in again["tool_calls"]] == [call["id"] for call in messages[2]["tool_calls"]]


async def test_the_attempt_chooses_the_answer(
    start: Start, client: httpx2.AsyncClient, ask: Ask, tools: list[Json]
) -> None:
    url = (await start(WORK)).base_url
    second = await message_of(client, url, ask(attempt=2, tools=tools))
    third = await message_of(client, url, ask(attempt=3, tools=tools))
    assert calls_of(second) == [("give_up", {"reason": "second try"})]
    assert calls_of(third)[0][0] == "read_file"


async def test_the_last_subtask_line_before_the_first_reply_counts(
    start: Start, client: httpx2.AsyncClient, ask: Ask
) -> None:
    url = (await start(WORK)).base_url
    body = ask("judge")
    body["messages"].insert(1, {"role": "user", "content": [{"type": "text", "text": "# Subtask: plan"}]})
    body["messages"] += [{"role": "assistant", "content": "."}, {"role": "user", "content": "# Subtask: talk"}]
    message = await message_of(client, url, body)
    assert json.loads(message["content"]) == {"verdict": "good", "of": "judge"}


async def test_a_plan_comes_as_the_client_can_take_it(start: Start, client: httpx2.AsyncClient, ask: Ask) -> None:
    url = (await start(WORK)).base_url
    schema = {"type": "json_schema", "json_schema": {"name": "plan", "schema": {}}}
    submit = [{"type": "function", "function": {"name": "submit_plan"}}]
    constrained = await message_of(client, url, ask("plan", response_format=schema))
    called = await message_of(client, url, ask("plan", tools=submit))
    plain = await message_of(client, url, ask("plan"))
    assert json.loads(constrained["content"]) == PLAN
    assert calls_of(called) == [("submit_plan", PLAN)]
    assert plain["content"].startswith("```json\n")
    assert json.loads(plain["content"].removeprefix("```json\n").removesuffix("\n```")) == PLAN


async def test_without_tools_an_action_is_json_or_fenced_json(
    start: Start, client: httpx2.AsyncClient, ask: Ask
) -> None:
    url = (await start(WORK)).base_url
    action = {"tool": "shell", "arguments": {"command": "pytest p"}}
    schema = {"type": "json_schema", "json_schema": {"name": "action", "schema": {}}}
    constrained = await message_of(client, url, ask(replies=2, response_format=schema))
    plain = await message_of(client, url, ask(replies=2))
    assert json.loads(constrained["content"]) == action
    said, _, rest = plain["content"].partition("\n```json\n")
    assert (said, json.loads(rest.removesuffix("\n```"))) == ("Testing.", action)
    assert "tool_calls" not in plain


async def test_tool_choice_none_gets_no_call(
    start: Start, client: httpx2.AsyncClient, ask: Ask, tools: list[Json]
) -> None:
    url = (await start(WORK)).base_url
    message = await message_of(client, url, ask(tools=tools, tool_choice="none"))
    assert "tool_calls" not in message


async def test_a_subtask_without_an_answer_is_named(start: Start, client: httpx2.AsyncClient, ask: Ask) -> None:
    url = (await start(WORK)).base_url
    reply = await post(client, url, ask("lexer"))
    assert reply.status_code == 400
    assert reply.json()["error"]["code"] == "no_answer"
    assert "'lexer'" in reply.json()["error"]["message"]


async def test_a_placeholder_without_a_value_is_named(start: Start, client: httpx2.AsyncClient, ask: Ask) -> None:
    url = (await start(WORK)).base_url
    reply = await post(client, url, ask("parser-2", replies=1))
    assert reply.status_code == 400
    assert "{file}" in reply.json()["error"]["message"]
    assert "parser-2" in reply.json()["error"]["message"]


async def test_share_splits_subtasks_the_same_way_each_time(start: Start, client: httpx2.AsyncClient, ask: Ask) -> None:
    def split(seed: int) -> Scenario:
        return Scenario(
            seed=seed, answers=[Answer(share=0.3, steps=[step(text="rare")]), Answer(steps=[step(text="usual")])]
        )

    async def rare(seed: int) -> set[int]:
        url = (await start(split(seed))).base_url
        said = [(await message_of(client, url, ask(f"s-{n}")))["content"] for n in range(200)]
        return {n for n, text in enumerate(said) if text == "rare"}

    first, again, other = await rare(1), await rare(1), await rare(2)
    assert first == again
    assert first != other
    assert 35 <= len(first) <= 85


@pytest.mark.parametrize("prefix", ["", "/v1"])
async def test_models_health_and_both_base_paths(
    start: Start, client: httpx2.AsyncClient, ask: Ask, prefix: str
) -> None:
    endpoint = await start(WORK)
    root = endpoint.base_url.removesuffix("/v1") + prefix
    models = await client.get(f"{root}/models")
    assert [(each["id"], each["owned_by"]) for each in models.json()["data"]] == [("sim", "simulated")]
    assert (await client.get(f"{root}/health")).json()["status"] == "ok"
    reply = await post(client, root, ask("talk"))
    assert reply.json()["choices"][0]["message"]["content"] == "Hello talk."
    for each in (models, reply, await client.get(f"{root}/nothing")):
        assert each.headers["x-simulated"] == "true"


async def test_one_connection_serves_many_requests(start: Start, ask: Ask) -> None:
    endpoint = await start(WORK)
    async with httpx2.AsyncClient(limits=httpx2.Limits(max_connections=1), trust_env=False) as single:
        for _ in range(5):
            assert (await post(single, endpoint.base_url, ask("talk"))).status_code == 200
        assert (await post(single, endpoint.base_url, {})).status_code == 400
        assert (await post(single, endpoint.base_url, ask("talk"))).status_code == 200
    assert len(endpoint.ledger.calls) == 6


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"messages": []}, "messages"),
        ({"messages": "hello"}, "messages"),
        ({"messages": [{"role": "robot", "content": "x"}]}, "messages.0.role"),
        ({"model": 5}, "model"),
        ({"stream": "yes"}, "stream"),
        ({"tools": [{"type": "function", "function": {"name": "no spaces"}}]}, "tools.0.function.name"),
        ({"response_format": {"type": "xml"}}, "response_format.type"),
        (
            {"messages": [{"role": "user", "content": "x"}, {"role": "tool", "content": "x", "tool_call_id": "c"}]},
            "messages.1.tool_call_id",
        ),
        (
            {
                "messages": [
                    {"role": "assistant", "tool_calls": [{"id": "c", "function": {"name": "f", "arguments": "{}"}}]},
                    {"role": "user", "content": "and?"},
                ]
            },
            "messages.0.tool_calls.0",
        ),
    ],
)
async def test_a_bad_request_names_its_field(
    start: Start, client: httpx2.AsyncClient, ask: Ask, change: Json, place: str
) -> None:
    url = (await start(WORK)).base_url
    reply = await post(client, url, ask() | change)
    error = reply.json()["error"]
    assert reply.status_code == 400
    assert error["param"] == place
    assert error["message"].startswith(place)


async def test_other_refusals(start: Start, client: httpx2.AsyncClient, ask: Ask) -> None:
    endpoint = await start(WORK, max_body_bytes=2000)
    url = endpoint.base_url
    unknown = await post(client, url, ask() | {"model": "gpt"})
    broken = await client.post(f"{url}/chat/completions", content=b'{"model": ')
    large = await client.post(f"{url}/chat/completions", content=b"x" * 2001)
    deep = await client.post(f"{url}/chat/completions", content=b"[" * 1900)
    surrogate = await client.post(
        f"{url}/chat/completions",
        content=b'{"model": "sim", "messages": [{"role": "user", "content": "\\ud800"}]}',
    )
    method = await client.get(f"{url}/chat/completions")
    assert (unknown.status_code, unknown.json()["error"]["code"]) == (404, "model_not_found")
    assert (broken.status_code, broken.json()["error"]["code"]) == (400, "invalid_json")
    assert (deep.status_code, surrogate.status_code) == (400, 400)
    assert large.status_code == 413
    assert (method.status_code, method.headers["allow"]) == (405, "POST")
    assert endpoint.ledger.seen == 0


async def test_a_required_key(start: Start, client: httpx2.AsyncClient, ask: Ask) -> None:
    url = (await start(WORK.model_copy(update={"api_key": "k-1"}))).base_url
    assert (await post(client, url, ask("talk"))).status_code == 401
    assert (await post(client, url, ask("talk"), authorization="Bearer k-2")).status_code == 401
    assert (await post(client, url, ask("talk"), authorization="Bearer k-1")).status_code == 200
    assert (await client.get(f"{url}/models")).status_code == 401
    assert (await client.get(f"{url}/health")).status_code == 200


@pytest.mark.parametrize(
    ("feature", "wish"),
    [
        ("tools", {"tools": [{"type": "function", "function": {"name": "finish"}}]}),
        ("json_schema", {"response_format": {"type": "json_schema", "json_schema": {}}}),
        ("json_object", {"response_format": {"type": "json_object"}}),
        ("stream", {"stream": True}),
    ],
)
async def test_missing_features_are_refused_or_ignored(
    start: Start, client: httpx2.AsyncClient, ask: Ask, feature: str, wish: Json
) -> None:
    refusing = await start(WORK.model_copy(update={"features": Features(**{feature: False})}))
    ignoring = await start(WORK.model_copy(update={"features": Features(**{feature: False}, unsupported="ignore")}))
    refused = await post(client, refusing.base_url, ask(**wish))
    ignored = await message_of(client, ignoring.base_url, ask(**wish))
    assert refused.status_code == 400
    assert feature in refused.json()["error"]["message"]
    assert "```json" in ignored["content"]


async def test_usage_and_reasoning_can_be_left_out_or_renamed(
    start: Start, client: httpx2.AsyncClient, ask: Ask
) -> None:
    plain = await post(client, (await start(WORK)).base_url, ask("parser", replies=1))
    usage = plain.json()["usage"]
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]
    assert usage["prompt_tokens_details"] == {"cached_tokens": 0}
    features = Features(usage=False, reasoning_field="reasoning")
    other = await post(client, (await start(WORK.model_copy(update={"features": features}))).base_url, ask(replies=1))
    assert "usage" not in other.json()
    assert other.json()["choices"][0]["message"]["reasoning"] == "Thinking."


async def test_a_prompt_beyond_the_window_is_refused(start: Start, client: httpx2.AsyncClient, ask: Ask) -> None:
    url = (await start(WORK.model_copy(update={"context_tokens": 200}))).base_url
    fits = ask("talk")
    fits["messages"][0]["content"] = "x" * 400
    longer = ask("talk")
    longer["messages"][0]["content"] = "x" * 1000
    assert (await post(client, url, fits)).status_code == 200
    reply = await post(client, url, longer)
    assert (reply.status_code, reply.json()["error"]["code"]) == (400, "context_length_exceeded")
    assert (await client.get(f"{url}/models")).json()["data"][0]["max_model_len"] == 200
