"""Estimates of a prompt's length that learn from what servers count."""

import pytest

from swarm.errors import ContextOverflow
from swarm.llm.estimate import TokenGauge, characters_of
from tests.llm.llm_servers import HELLO, calling, question, serving


def test_a_gauge_learns_from_counted_tokens() -> None:
    gauge, request = TokenGauge(), question("x" * 4_000)
    assert gauge.tokens(request) == 1_000
    gauge.learn(request, 2_000)
    assert gauge.tokens(request) == 2_000
    gauge.learn(request, 1_000)
    assert 1_000 < gauge.tokens(request) < 2_000
    before = gauge.ratio
    for nonsense in (0, -5, 1, 10**9):
        gauge.learn(request, nonsense)
    assert gauge.ratio == before


def test_only_a_gauge_that_has_learned_is_strict() -> None:
    gauge, request = TokenGauge(), question("x" * 4_000, max_output_tokens=500)
    assert not gauge.overflows(request, 900)
    assert gauge.overflows(request, 400)
    gauge.learn(request, 1_000)
    assert gauge.overflows(request, 1_400)
    assert not gauge.overflows(request, 1_500)


def test_all_that_is_sent_counts() -> None:
    assert characters_of(question("four")) == 4


async def test_a_prompt_that_cannot_fit_is_not_sent() -> None:
    async with serving(HELLO) as server, calling(server.base_url, context_tokens=1_000) as caller:
        await caller.ask(text="short")
        with pytest.raises(ContextOverflow, match=r"do not fit into the window of 1,000"):
            await caller.ask(text="x" * 100_000)
        assert len(server.received) == 1
