"""Replacing exactly one piece of a file, and helping when that cannot be done."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarm.errors import ToolError
from swarm.tools.editing import replace_once

CODE = b"def first():\n    return 1\n\n\ndef second():\n    return 2\n"


def edit(data: bytes, old: str, new: str) -> tuple[bytes, int]:
    return replace_once(data, old, new, path="code.py")


def test_replaces_and_says_where() -> None:
    assert edit(CODE, "    return 2\n", "    return 3\n") == (CODE.replace(b"2", b"3"), 6)


def test_what_occurs_twice_is_refused_with_the_places() -> None:
    with pytest.raises(ToolError, match=r"occurs 2 times in code.py \(on lines 2, 6\); nothing was changed"):
        edit(CODE, "    return ", "    yield ")
    with pytest.raises(ToolError, match="occurs 2 times"):  # overlapping
        edit(b"aaa", "aa", "b")


def test_a_difference_in_spaces_is_pointed_out() -> None:
    with pytest.raises(ToolError, match="only in spaces") as refused:
        edit(CODE, "def second():\n\treturn 2", "x")
    assert refused.value.message.endswith("Lines 5-6 are exactly:\ndef second():\n    return 2")


def test_a_miss_shows_the_closest_lines() -> None:
    with pytest.raises(ToolError, match=r"The closest lines, 2-6, are:") as refused:
        edit(CODE, "def second(x):", "def third():")
    assert "def second():" in refused.value.message
    with pytest.raises(ToolError, match="nor anything like it"):
        edit(CODE, "@@@@@@", "x")
    with pytest.raises(ToolError, match="nor anything like it"):
        edit(b"", "\n", "x")


def test_nothing_to_do() -> None:
    with pytest.raises(ToolError, match="empty"):
        edit(CODE, "", "x")
    with pytest.raises(ToolError, match="the same"):
        edit(CODE, "x", "x")


def test_line_ends_of_the_file_are_kept() -> None:
    assert edit(b"one\r\ntwo\r\n", "one\ntwo\n", "1\n2\n")[0] == b"1\r\n2\r\n"
    assert edit(b"one\r\ntwo\n", "two\n", "2\n")[0] == b"one\r\n2\n"


def test_other_bytes_are_left_alone() -> None:
    assert edit(b"\xff\xfe old \x80", "old", "new")[0] == b"\xff\xfe new \x80"


@given(st.binary(), st.text(min_size=1).filter(lambda text: "\n" not in text), st.binary(), st.text())
def test_everything_around_the_place_stays(before: bytes, old: str, after: bytes, new: str) -> None:
    data = before + old.encode() + after
    try:
        edited, line = edit(data, old, new)
    except ToolError:
        assert old == new or data.count(old.encode()) > 1 or data.find(old.encode(), data.find(old.encode()) + 1) >= 0
        return
    start = data.find(old.encode())
    assert edited.startswith(data[:start])
    assert edited.endswith(data[start + len(old.encode()) :])
    assert edited[start : len(edited) - len(data) + start + len(old.encode())].replace(
        b"\r\n", b"\n"
    ) == new.encode().replace(b"\r\n", b"\n")
    assert line == data[:start].count(b"\n") + 1


@given(st.text(), st.text(min_size=1))
def test_a_miss_always_explains_itself(text: str, old: str) -> None:
    if old in text:
        return
    with pytest.raises(ToolError, match="nothing was changed"):
        edit(text.encode(), old, old + "x")
