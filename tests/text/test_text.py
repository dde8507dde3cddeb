"""Text from outside, made harmless and short."""

import re

from hypothesis import given
from hypothesis import strategies as st

from swarm.text import neutralise, neutralise_line, trim_middle

ANY_TEXT = st.text(st.characters(exclude_categories=()))
DANGEROUS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\U000e0000-\U000e007f]"
)


@given(ANY_TEXT)
def test_nothing_dangerous_is_left_and_twice_is_once(text: str) -> None:
    harmless = neutralise(text)
    assert not DANGEROUS.search(harmless)
    assert neutralise(harmless) == harmless
    harmless.encode()


@given(ANY_TEXT)
def test_a_line_stays_a_line(text: str) -> None:
    assert len(neutralise_line(text).splitlines()) <= 1


@given(st.text(st.characters(categories=["L", "N", "P", "S"]) | st.sampled_from("\n\t ")))
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert neutralise(text) == text


def test_escapes_are_shown() -> None:
    assert neutralise("\x1b[31mred\x07 \u202egnp \x9b") == r"\x1b[31mred\x07 \u202egnp \x9b"
    assert neutralise("one\r\ntwo\rthree") == "one\ntwo\nthree"
    assert neutralise(b"caf\xe9".decode(errors="surrogateescape")) == r"caf\xe9"
    assert neutralise_line("a\nb\tc") == r"a\nb\tc"
    assert neutralise("\U000e0041") == r"\U000e0041"


@given(st.text(), st.integers(0, 50))
def test_trimming_keeps_both_ends(text: str, limit: int) -> None:
    trimmed = trim_middle(text, limit)
    if len(text) <= limit:
        assert trimmed == text
        return
    parts = re.fullmatch(r"(.*)\n\[\.\.\. (\d+) characters left out \.\.\.\]\n(.*)", trimmed, re.DOTALL)
    assert parts
    head, left_out, tail = parts.groups()
    assert text.startswith(head)
    assert text.endswith(tail)
    assert len(head) + len(tail) == limit
    assert int(left_out) == len(text) - limit
