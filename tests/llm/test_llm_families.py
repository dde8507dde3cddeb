"""The families of servers: their rows, their words, and what is sent to each."""

import json
from typing import Any

import pytest

from swarm.core.messages import Message, Reply, Role, ToolCall
from swarm.errors import (
    AccessDenied,
    ContextOverflow,
    ModelNotFound,
    QuotaExhausted,
    ReplyIncomplete,
    RequestRejected,
)
from swarm.llm.codec import encode_request
from swarm.llm.families import DIALECTS, dialect_for, family_of_server
from swarm.llm.faults import classify, read_complaint
from swarm.llm.wordings import OVERFLOW, QUOTA
from tests.llm.llm_servers import HELLO, calling, error, question, serving

CALL = ToolCall("1", "read_file", "{}")
OVERFLOWS = {
    "openai": ["This model's maximum context length is 128000 tokens.", "Your input exceeds the context window."],
    "deepseek": ["The input (140000) exceeds the max prompt length of 131072 tokens"],
    "kimi": [
        "Invalid request: Your request exceeded model token limit: 262144",
        "Input token length too long",
    ],
    "vllm": ["The prompt (total length 5000) is longer than the maximum model length of 4096.", "Prompt is too long"],
    "sglang": [
        "The input (9000 tokens) is longer than the model's context length (8192 tokens).",
        "Requested token count exceeds the model's maximum context length of 8192 tokens.",
    ],
    "llama.cpp": [
        "the request exceeds the available context size, try increasing it",
        "request (5030 tokens) exceeds the available context size (4096 tokens), try increasing it",
        "Context size has been exceeded.",
        "input is too large to process. increase the physical batch size",
    ],
    "ollama": ["template: no user query found in messages", "the input length exceeds the context length"],
    "lmstudio": [
        "Trying to keep the first 5000 tokens when context the overflows.",
        "However, the model is loaded with context length of only 4096 tokens, which is not enough.",
    ],
    "litellm": ["litellm.ContextWindowExceededError: litellm.BadRequestError: too big"],
    "openrouter": ["This endpoint's maximum context length is 32768 tokens. However, you requested about 40000 tokens"],
    "transformers": ["Input length 5000 exceeds the maximum length 4096 of the model"],
}
QUOTAS = {
    "openai": ["You exceeded your current quota, please check your plan", "Billing hard limit has been reached"],
    "deepseek": ["Insufficient Balance"],
    "kimi": ["Your account org-1 is over: usage limit for this billing cycle", "You have hit your spending limit"],
    "litellm": [
        "Budget has been exceeded! Current cost: 1.2, Max budget: 1.0",
        "ExceededTokenBudget: Current spend for token: 2; Max Budget for Token: 1",
    ],
    "openrouter": [
        "This request requires more credits, or fewer max_tokens.",
        "Key limit exceeded (total limit).",
        "Insufficient credits. Add more using the settings page.",
    ],
}


def test_every_wording_has_a_family_and_every_family_a_sample() -> None:
    assert set(OVERFLOW) == set(OVERFLOWS)
    assert set(QUOTA) == set(QUOTAS)
    assert set(OVERFLOW) | set(QUOTA) <= set(DIALECTS)


@pytest.mark.parametrize(("family", "text"), [(family, text) for family in OVERFLOWS for text in OVERFLOWS[family]])
def test_f36_every_family_says_that_a_conversation_is_too_long(family: str, text: str) -> None:
    for body in ({"error": {"message": text}}, {"error": text}, {"message": text, "object": "error"}):
        assert type(classified(400, body)) is ContextOverflow, family


@pytest.mark.parametrize(("family", "text"), [(family, text) for family in QUOTAS for text in QUOTAS[family]])
def test_f04_every_family_says_that_an_account_is_used_up(family: str, text: str) -> None:
    for status in (400, 403, 429):
        assert type(classified(status, {"error": {"message": text}})) is QuotaExhausted, family


@pytest.mark.parametrize("text", ["tools[0] is too long a name", "messages: field required", "unknown model type"])
def test_other_complaints_are_neither(text: str) -> None:
    assert type(classified(400, {"error": {"message": text}})) is RequestRejected


def classified(status: int, body: object) -> Exception:
    return classify(read_complaint(status, {}, json.dumps(body).encode()), host="h")


@pytest.mark.parametrize(
    ("reply", "sent"),
    [
        (Reply("x", "why", "reasoning_content", (CALL,)), {"reasoning_content": "why"}),
        (Reply("x", "", "", (CALL,)), {"reasoning_content": ""}),
        (Reply("x", "why", "reasoning", (CALL,)), {"reasoning_content": "why"}),
        (Reply("x", "in tags", "", (CALL,)), {"reasoning_content": "in tags"}),
        (Reply("x"), {}),
    ],
)
@pytest.mark.parametrize("family", ["deepseek", "kimi"])
def test_a_turn_with_tools_carries_its_own_reasoning_where_the_family_insists(
    family: str, reply: Reply, sent: dict[str, str]
) -> None:
    assert reasoning_of(turn(reply, family)) == sent


def test_reasoning_is_not_sent_where_it_is_refused() -> None:
    assert reasoning_of(turn(Reply("x", "why", "reasoning_content", (CALL,)), "openai")) == {}


def turn(reply: Reply, family: str) -> dict[str, Any]:
    message = Message(Role.ASSISTANT, reply=reply)
    found: dict[str, Any] = encode_request(question(messages=[message]), "m", DIALECTS[family])["messages"][0]
    return found


def reasoning_of(message: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in message.items() if key.startswith("reasoning")}


HISTORY = [
    Message(Role.USER, "u"),
    Message(Role.ASSISTANT, reply=Reply("x", "why", "reasoning", (CALL,))),
    Message(Role.TOOL, "r", tool_call_id="1"),
]


async def test_what_a_server_says_of_reasoning_in_the_history_is_learnt() -> None:
    missing = error(400, "reasoning_content is missing in assistant tool call message at index 1")
    strict = error(400, "'messages.1' : property 'reasoning' is unsupported")
    stricter = error(400, "'messages.1' : property 'reasoning_content' is unsupported")
    for handlers, expected in (((missing, HELLO), {"reasoning_content": "why"}), ((strict, stricter, HELLO), {})):
        async with serving(*handlers) as server, calling(server.base_url) as caller:
            await caller.ask(messages=HISTORY)
            await caller.ask(messages=HISTORY)
        assert caller.delays == []
        assert [reasoning_of(sent.payload["messages"][1]) for sent in server.received[-2:]] == [expected] * 2


async def test_a_temperature_that_a_model_refuses_is_left_out() -> None:
    refusal = error(400, "invalid temperature: only 1 is allowed for this model")
    async with serving(refusal, HELLO) as server, calling(server.base_url, temperature=0.2) as caller:
        await caller.ask()
    assert ["temperature" in sent.payload for sent in server.received] == [True, False]
    async with serving(HELLO) as server, calling(server.base_url, temperature=0.2, dialect="kimi") as caller:
        await caller.ask()
    assert "temperature" not in server.received[0].payload


async def test_a_gateway_gets_its_own_session_header() -> None:
    async with serving(HELLO) as server, calling(server.base_url, dialect="litellm") as caller:
        await caller.ask(affinity="a")
    headers = server.received[0].headers
    assert headers["x-litellm-session-id"] == headers["x-session-id"] != ""


@pytest.mark.parametrize(
    ("url", "family"),
    [
        ("http://127.0.0.1:1234/v1", "lmstudio"),
        ("http://127.0.0.1:30000/v1", "sglang"),
        ("https://openrouter.ai/api/v1", "openrouter"),
        ("http://litellm.internal:4000", "litellm"),
    ],
)
def test_more_addresses_tell_the_family(url: str, family: str) -> None:
    assert dialect_for(url).family == family


def test_a_server_shows_its_family_in_its_list_of_models() -> None:
    assert family_of_server({"server": "llama.cpp"}, []) == "llama.cpp"
    assert family_of_server({"x-litellm-version": "1"}, [{"owned_by": "vllm"}]) == "litellm"
    for owner, family in (("vllm", "vllm"), ("sglang", "sglang"), ("library", "ollama"), ("llamacpp", "llama.cpp")):
        assert family_of_server({}, [{"id": "x"}, {"owned_by": owner}]) == family
    assert family_of_server({"server": "uvicorn"}, [{"owned_by": ["x"]}, {"owned_by": "me"}]) == ""


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, {"detail": "Server is pinned to '/models/tiny'; requested 'nope'."}, ModelNotFound),
        (400, {"error": {"message": "/chat/completions: Invalid model name passed in model=nope."}}, ModelNotFound),
        (400, {"error": {"message": "No connected db.", "type": "no_db_connection"}}, AccessDenied),
        (
            500,
            {"error": {"code": 500, "message": "The model produced output that does not match the expected format"}},
            ReplyIncomplete,
        ),
    ],
)
def test_what_real_servers_say_of_models_keys_and_failed_replies(status: int, body: object, kind: type) -> None:
    assert type(classified(status, body)) is kind
