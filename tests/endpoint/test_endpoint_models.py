"""Properties of the pure parts: prefix cache, timing, seeded draws."""

from hypothesis import given
from hypothesis import strategies as st

from swarm.testing.endpoint import Cache, Speed
from swarm.testing.endpoint.prefix_cache import PrefixCache
from swarm.testing.endpoint.request import BYTES_PER_TOKEN
from swarm.testing.endpoint.seeded import draw, fingerprint
from swarm.testing.endpoint.timing import MAX_CHUNKS, pace

BLOCK = 2
RATES = st.just(0.0) | st.floats(0.001, 1e6)
PROMPTS = st.lists(
    st.lists(st.sampled_from([b"aaaaaaaa", b"bbbbbbbb", b"ccc"]), max_size=8).map(b"".join), min_size=1, max_size=12
)


def common_blocks(left: bytes, right: bytes) -> int:
    size = BLOCK * BYTES_PER_TOKEN
    ends = range(size, min(len(left), len(right)) + 1, size)
    return sum(left[:end] == right[:end] for end in ends)


@given(PROMPTS)
def test_an_unbounded_cache_finds_the_longest_prefix_ever_stored(prompts: list[bytes]) -> None:
    cache = PrefixCache(Cache(block_tokens=BLOCK, capacity_tokens=10_000))
    for index, prompt in enumerate(prompts):
        best = max((common_blocks(prompt, earlier) for earlier in prompts[:index]), default=0)
        assert cache.lookup("m", prompt, 0.0) == best * BLOCK
        cache.store("m", prompt, 0.0)


@given(PROMPTS, st.integers(0, 12))
def test_a_bounded_cache_keeps_to_its_capacity_and_finds_no_more_than_an_unbounded_one(
    prompts: list[bytes], capacity: int
) -> None:
    small = PrefixCache(Cache(block_tokens=BLOCK, capacity_tokens=capacity))
    large = PrefixCache(Cache(block_tokens=BLOCK, capacity_tokens=10_000))
    for number, prompt in enumerate(prompts):
        assert small.lookup("m", prompt, number) <= large.lookup("m", prompt, number)
        small.store("m", prompt, number)
        large.store("m", prompt, number)
        assert small.tokens <= capacity
        kept = min(len(prompt) // (BLOCK * BYTES_PER_TOKEN), capacity // BLOCK)
        assert small.lookup("m", prompt, number) == kept * BLOCK


def test_the_least_recently_used_prompt_leaves_first() -> None:
    cache = PrefixCache(Cache(block_tokens=1, capacity_tokens=4))
    cache.store("m", b"aaaaAAAA", 1)
    cache.store("m", b"bbbbBBBB", 2)
    assert cache.lookup("m", b"aaaaAAAA", 3) == 2
    cache.store("m", b"cccc", 4)
    assert cache.lookup("m", b"aaaaAAAA", 5) == 2
    assert cache.lookup("m", b"bbbbBBBB", 5) == 1


def test_blocks_expire_and_models_share_nothing() -> None:
    cache = PrefixCache(Cache(block_tokens=1, capacity_tokens=100, ttl_s=10))
    cache.store("m", b"aaaabbbb", 0)
    assert cache.lookup("other", b"aaaabbbb", 1) == 0
    assert cache.lookup("m", b"aaaabbbb", 10) == 2
    assert cache.lookup("m", b"aaaabbbb", 20) == 2
    assert cache.lookup("m", b"aaaabbbb", 31) == 0


@given(
    st.integers(0, 5000), st.integers(0, 5000), st.just(0.0) | st.floats(0.001, 1e6), st.integers(0, 100_000), st.text()
)
def test_a_pace_keeps_to_the_speed(low: int, more: int, rate: float, tokens: int, key: str) -> None:
    speed = Speed(first_token_ms=(low, low + more), tokens_per_s=rate)
    beat = pace(speed, 1, key, 1, tokens)
    assert low / 1000 <= beat.first_token_s <= (low + more) / 1000
    assert 1 <= beat.chunks <= MAX_CHUNKS
    expected = tokens / rate if rate else 0.0
    assert abs(beat.rest_s - expected) <= 1e-9 * max(1.0, expected)
    assert beat == pace(speed, 1, key, 1, tokens)


@given(st.lists(st.text(), max_size=3), st.lists(st.text(), max_size=3))
def test_draws_are_fractions_that_depend_on_every_part(left: list[str], right: list[str]) -> None:
    assert 0 <= draw(*left) < 1
    if left != right and "\0" not in "".join(left + right) and len(left) == len(right):
        assert fingerprint(*left) != fingerprint(*right)


def test_draws_are_uniform_enough() -> None:
    drawn = [draw(1, "x", number) for number in range(2000)]
    assert 0.47 < sum(drawn) / len(drawn) < 0.53
