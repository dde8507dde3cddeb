"""A raw server that answers the doctor's questions as well or as badly as a test wants."""

import json
from dataclasses import dataclass, field
from typing import Any

from tests.llm.llm_servers import Exchange, chunk, event, response, stream

MODEL = "m"
USAGE = {"prompt_tokens": 20, "completion_tokens": 4, "prompt_tokens_details": {"cached_tokens": 16}}


@dataclass
class CapableServer:
    """Answers what it is asked.

    Attributes:
        tools: ``good``, ``printed`` as text, or ``refused`` with a 400.
        obeys_choice: it makes calls that ``tool_choice`` asks for.
        schema: ``obeyed``, ``ignored`` or ``refused``.
        refuses: fields of a request that it answers with a 400.
        most_at_once: calls under way beyond which it answers 429.
        models: what its list of models holds; ``None`` for a server without one.
    """

    tools: str = "good"
    obeys_choice: bool = True
    schema: str = "obeyed"
    refuses: tuple[str, ...] = ()
    streams: bool = True
    usage: dict[str, Any] | None = field(default_factory=lambda: dict(USAGE))
    most_at_once: int = 1_000
    window: str = ""
    models: list[dict[str, Any]] | None = field(default_factory=lambda: [{"id": MODEL, "owned_by": "vllm"}])
    headers: dict[str, str] = field(default_factory=lambda: {"x_ratelimit_limit_requests": "500"})
    at_once: int = 0

    async def __call__(self, exchange: Exchange) -> bool | None:
        if exchange.path.endswith("/models"):
            listed = {"data": self.models}
            return await (response(404) if self.models is None else response(200, listed))(exchange)
        self.at_once += 1
        try:
            return await self._answer(exchange)
        finally:
            self.at_once -= 1

    async def _answer(self, exchange: Exchange) -> bool | None:
        payload = exchange.payload
        complaint = self._complaint(payload)
        if complaint:
            return await response(complaint[0], {"error": {"message": complaint[1]}})(exchange)
        return await self._send(exchange, self._message(payload))

    def _complaint(self, payload: dict[str, Any]) -> tuple[int, str] | None:
        if self.at_once > self.most_at_once:
            return 429, "too many calls at once"
        if payload["model"] != MODEL:
            return 404, f"model {payload['model']} does not exist"
        refused = [name for name in self.refuses if name in payload]
        if refused:
            return 400, f"{refused[0]} is not supported"
        if "tools" in payload and self.tools == "refused":
            return 400, "this model does not support tools"
        if "response_format" in payload and self.schema == "refused":
            return 400, "response_format is not supported"
        if payload.get("max_tokens", 0) > 1_000_000 and self.window:
            return 400, self.window
        return None

    def _message(self, payload: dict[str, Any]) -> dict[str, Any]:
        if "tools" in payload:
            return self._call(payload)
        wanted = payload.get("response_format", {}).get("type")
        if self.schema == "obeyed" and wanted:
            return {"content": '{"colour": "teal"}' if wanted == "json_schema" else '{"hello": 1}'}
        return {"content": "Hello."}

    def _call(self, payload: dict[str, Any]) -> dict[str, Any]:
        choice, asked = payload.get("tool_choice", "auto"), payload["messages"][-1]
        if isinstance(choice, dict):
            return calls("list_files") if self.obeys_choice else {"content": "Hello."}
        if "hello" in asked["content"]:
            return calls("finish") if choice == "required" and self.obeys_choice else {"content": "Hello."}
        if "both" in asked["content"]:
            return calls("read_file", "read_file") if payload.get("parallel_tool_calls") else calls("read_file")
        name = "write_file" if asked["role"] == "tool" else "read_file"
        return calls(name) if self.tools == "good" else {"content": json.dumps(calls(name)["tool_calls"][0])}

    async def _send(self, exchange: Exchange, message: dict[str, Any]) -> bool | None:
        told = {"usage": self.usage} if self.usage else {}
        if self.streams and exchange.payload.get("stream"):
            pieces = [event(chunk(message)), event(chunk({}, "stop", **told)), b"data: [DONE]\n\n"]
            return await stream(*pieces)(exchange)
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        return await response(200, {"id": "c", "model": MODEL, "choices": [choice], **told}, **self.headers)(exchange)


def calls(*names: str) -> dict[str, Any]:
    arguments = json.dumps({"path": "src/app.py", "content": "def double(n):\n    return 2 * n\n"})
    return {
        "content": None,
        "tool_calls": [
            {"index": index, "id": f"c{index}", "type": "function", "function": {"name": name, "arguments": arguments}}
            for index, name in enumerate(names)
        ],
    }
