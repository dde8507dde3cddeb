"""What `swarm run` finds out about a model before it asks it for work."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from swarm.llm import Endpoint
from swarm.llm.preparation import Prepared, prepare
from swarm.llm.profile import Profile
from swarm.testing.endpoint import Answer, Scenario, SimulatedEndpoint, step
from tests.doctor.capable_server import MODEL, CapableServer
from tests.llm.llm_servers import (
    QUICK,
    FaultServer,
    Handler,
    chunk,
    error,
    event,
    hang_up,
    response,
    serving,
    stream,
)

DAY = "2026-11-23"


async def prepared(server: FaultServer, folder: Path, day: str = DAY, **settings: Any) -> Prepared:
    endpoint = replace(Endpoint(server.base_url, model=MODEL, timeouts=QUICK), **settings)
    return await prepare(endpoint, folder, day)


def first_way(found: Prepared) -> str:
    return found.endpoint.dialect_of(MODEL).tools[0]


def questions(server: FaultServer) -> int:
    return sum(1 for sent in server.received if sent.body)


@pytest.mark.parametrize(
    ("tools", "way", "asked"), [("good", "native", 2), ("printed", "action", 1), ("refused", "action", 1)]
)
async def test_two_small_questions_decide_how_tools_are_offered(
    tools: str, way: str, asked: int, tmp_path: Path
) -> None:
    async with serving(CapableServer(tools=tools)) as server:
        found = await prepared(server, tmp_path)
        assert (first_way(found), questions(server)) == (way, asked)
        assert found.endpoint.dialect == "vllm"
        assert bool(found.said) == (way != "native")
        again = await prepared(server, tmp_path)
        assert (first_way(again), questions(server)) == (way, asked)  # kept for the day
        await prepared(server, tmp_path, "2026-11-24")
        assert questions(server) == 2 * asked


async def test_what_is_known_is_not_tried(tmp_path: Path) -> None:
    async with serving(CapableServer(tools="printed")) as server:
        profile = Profile(server.base_url, MODEL, ways={"tools": ("text",)})
        assert first_way(await prepared(server, tmp_path, profiles={MODEL: profile})) == "text"
        assert first_way(await prepared(server, tmp_path, dialect="deepseek")) == "native"
        assert questions(server) == 0
    answers = [Answer(subtask="*", steps=[step(text="x")])]
    async with SimulatedEndpoint(Scenario(models=[MODEL], answers=answers)) as simulated:
        found = await prepare(Endpoint(simulated.base_url, model=MODEL), tmp_path, DAY)
        assert found.server.simulated
        assert simulated.ledger.calls == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "handler", [error(401), error(429, "slow down"), error(503), hang_up, error(404, "no model m")]
)
async def test_what_is_not_clear_changes_nothing(handler: Handler, tmp_path: Path) -> None:
    async def listed(exchange: Any) -> bool | None:
        return await (handler if exchange.body else response(200, {"data": []}))(exchange)

    async with serving(listed) as server:
        found = await prepared(server, tmp_path)
        assert questions(server) <= 2
    assert (found.endpoint.profiles, found.said) == ({}, "")
    assert list(tmp_path.iterdir()) == []


async def test_a_part_that_is_refused_does_not_decide(tmp_path: Path) -> None:
    async with serving(CapableServer(refuses=("stream_options", "max_tokens"))) as server:
        assert first_way(await prepared(server, tmp_path)) == "native"


async def test_a_folder_that_cannot_be_used_is_done_without(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    async with serving(CapableServer(tools="printed")) as server:
        assert first_way(await prepared(server, blocked / "probes")) == "action"
        folder = tmp_path / "probes"
        await prepared(server, folder)
        [kept] = folder.iterdir()
        kept.write_text("damaged")
        assert first_way(await prepared(server, folder)) == "action"


async def test_a_model_that_thinks_at_length_is_given_more_room(tmp_path: Path) -> None:
    server = CapableServer()

    async def thinking(exchange: Any) -> bool | None:
        if exchange.body and exchange.payload["max_tokens"] < 1_000:
            cut = chunk({"reasoning_content": "hm"}, "length")
            return await stream(event(cut), b"data: [DONE]\n\n")(exchange)
        return await server(exchange)

    async with serving(thinking) as faults:
        assert first_way(await prepared(faults, tmp_path)) == "native"
