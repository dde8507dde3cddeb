"""Values that the result has not seen."""

import csv
import io
from datetime import date

from helpers.backoff import waits
from helpers.months import add_months
from helpers.pages import page, page_count
from helpers.patterns import matches
from helpers.quoting import row
from helpers.recent import Recent
from helpers.shares import divide
from helpers.sizes import size_words
from helpers.spans import merge
from helpers.wrapping import wrap


def try_months() -> None:
    assert add_months(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert add_months(date(2025, 12, 31), 12) == date(2026, 12, 31)
    assert add_months(date(2025, 1, 5), -1) == date(2024, 12, 5)


def try_shares() -> None:
    assert divide(5, 4) == [2, 1, 1, 1]
    assert divide(10**18 + 2, 3)[0] == (10**18 + 2) // 3
    assert sum(divide(10**18 + 1, 7)) == 10**18 + 1
    assert divide(0, 2) == [0, 0]


def try_spans() -> None:
    assert merge([]) == []
    assert merge([(1, 2), (2, 3), (5, 5), (4, 4)]) == [(1, 5)]
    assert merge([(1, 10), (2, 3), (11, 12), (14, 15)]) == [(1, 12), (14, 15)]
    given = [(3, 4), (1, 2)]
    merge(given)
    assert given == [(3, 4), (1, 2)], "the argument was changed"


def try_quoting() -> None:
    fields = ["a", 'say "hi", twice', "", "x\r\ny", "\r", '"', ","]
    assert next(csv.reader(io.StringIO(row(fields), newline=""))) == fields
    assert row([]) == ""


def try_pages() -> None:
    assert [page_count(n, 5) for n in (1, 4, 5, 6, 10, 11)] == [1, 1, 1, 2, 2, 3]
    assert page(list("abcde"), 3, 2) == ["e"]
    for wrong in (0, -1, 4):
        try:
            page(list("abcde"), wrong, 2)
        except IndexError:
            continue
        raise AssertionError(f"page {wrong} is given")


def try_backoff() -> None:
    assert waits(0) == []
    assert waits(3, 100, 60) == [60, 60]
    assert max(waits(40)) == 60


def try_recent() -> None:
    recent = Recent(3)
    for name in "abcabd":
        recent.put(name, name)
    assert [recent.get(name) for name in "abcd"] == ["a", "b", None, "d"]
    recent.get("nobody")
    recent.put("e", "e")
    assert recent.get("a") is None and recent.get("e") == "e"


def try_patterns() -> None:
    assert matches("a+b(1)", "a+b(?)") and not matches("aab1", "a+b1")
    assert matches("two\nlines", "two*lines") and matches("", "*") and not matches("", "?")
    assert matches("[x]", "[x]") and not matches("x", "[x]")


def try_wrapping() -> None:
    assert wrap("", 5) == []


def try_sizes() -> None:
    assert size_words(0) == "0 B"


for attempt in (try_months, try_shares, try_spans, try_quoting, try_pages, try_backoff, try_recent, try_patterns, try_wrapping, try_sizes):
    attempt()
print("every helper does what it says")
