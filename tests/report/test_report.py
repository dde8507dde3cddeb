import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot
from markdown_it import MarkdownIt

from swarm.core.events import AttemptOutcome, NoteRecorded, PauseReason, RunOutcome, RunSettings, SubtaskOutcome
from swarm.core.messages import Handoff
from swarm.core.plan import Subtask
from swarm.core.views import restored
from swarm.report import markdown
from swarm.report.markup import block, code, inline
from swarm.testing.scripted_run import ScriptedRun, accepted, rejected

EVIL = (
    "</td><script>alert(1)</script> ![x](http://evil) [y](javascript:z) `|` | **b** ``` \x1b]52;c;AA\x07 "
    "\u202e <img src=x onerror=y> https://evil.example www.evil.example $x$ ~~s~~ &lt;"
)
ESCAPES = re.compile(r"<(?!/?(?:p|li|ul|ol|h[12]|table|thead|tbody|tr|t[hd]|code|pre|strong|em|blockquote|br)\b)")


def html_of(text: str) -> str:
    renderer = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    return str(renderer.render(text))


def a_run() -> ScriptedRun:
    settings = RunSettings("http://127.0.0.1:1/v1", {"worker": "m"}, "bwrap", simulated=True)
    run = ScriptedRun("Write a parser.\nMake it fast.", checks=["make test"], settings=settings, name="parser")
    run.plan(
        Subtask(id="lexer", title="The lexer", instruction="Do."),
        Subtask(id="parser", title="The parser", instruction="Do.", depends_on=("lexer",)),
        Subtask(id="docs", instruction="Do."),
        Subtask(id="site", instruction="Do.", depends_on=("docs",)),
    )
    first = run.start("lexer")
    lost = run.start("docs")
    run.step(first, "shell", '{"command": "make"}', "ok", seconds=30)
    run.ask(lost)
    run.delay(lost)
    run.answer(lost, tries=2, cost_usd=None)
    run.end(lost, AttemptOutcome.GAVE_UP, "there is no source")
    run.settle("docs", SubtaskOutcome.FAILED, "no attempts left")
    run.settle("site", SubtaskOutcome.SKIPPED, "it needs docs, which failed")
    run.open()
    run.wait(10)
    run.deliver(first, accepted("make lexer"), Handoff("Done.", ("Tokens are tuples",), ("Unicode is untested",)))
    second = run.start("parser")
    run.wait(20)
    run.deliver(second, accepted())
    run.add(NoteRecorded("the working tree was dirty"))
    run.finish(RunOutcome.FAILED, "not every subtask got done", accepted("make test"))
    return run


def test_the_report_of_a_run() -> None:
    assert markdown(restored(a_run().events)) == snapshot("""\
# Run run-1: parser

> **SIMULATED**: the replies came from a script; no model was asked, so nothing here shows what one can do.

## Outcome

**failed**: not every subtask got done

- branch `swarm/run-1` at `000000000000`, started from `000000000000`
- the run's own checks on `000000000000`: passed
  - `make test`: exit code 0 in 1.5 s, output sha256 `abababababababab`
- sandbox: bwrap

## Goal

```text
Write a parser.
Make it fast.
```

## Numbers

|  |  |
| --- | --- |
| subtasks | 4: 1 done, 1 unverified, 1 failed, 1 skipped |
| attempts | 3 |
| most agents at work at once | 2 |
| sessions | 2 (1 of them killed) |
| model calls | 2 (3 requests) |
| calls that waited for the endpoint | 1 × `rate_limited` |
| attempts by the endpoint that replied last | none |
| input tokens | 2,000 |
| of these cached | 800 (40 %) |
| output tokens | 200 |
| tokens of work that was not used | 1,100 (50 %) |
| cost | $0.0100 + 1 call without a price |
| time | 1:00 |
| time of all agents together | 1:30 |
| speed-up (agents' time / time) | 1.5 |

## Evidence

- done, because checks passed: 1
- done, because judges say so; no command ran: 0
- unverified, taken without evidence: 1
- failed: 1

## Who was asked

| role | endpoint | model | calls | input tokens | of these cached | output tokens | cost |
| --- | --- | --- | --- | --- | --- | --- | --- |
| `worker` |  | `sim-worker` | 2 | 2,000 | 800 | 200 | $0.0100 + 1 call without a price |

## What did not get done

- `docs` failed: no attempts left
- `site` skipped: it needs docs, which failed

## What was tried again

1 gave up.

- `docs@1` gave up after 1 step: there is no source

## Decisions (in the agents' words)

- `lexer`: Tokens are tuples

## Open concerns (in the agents' words)

- `lexer`: Unicode is untested

## Notes

- the working tree was dirty

## Subtasks

| id | title | outcome | evidence | attempts | steps | tokens | seconds |
| --- | --- | --- | --- | --- | --- | --- | --- |
| `docs` |  | failed |  | 1 | 1 | 1,100 | 30 |
| `site` |  | skipped |  | 0 | 0 | 0 | 0 |
| `parser` | The parser | unverified | none | 1 | 0 | 0 | 20 |
| `lexer` | The lexer | done | 1 check | 1 | 1 | 1,100 | 40 |

## How to look further

```sh
swarm show run-1 SUBTASK      # what its agents did, step by step
swarm diff run-1 [SUBTASK]    # what changed
swarm events run-1            # everything that happened
swarm merge run-1             # take it over
```
""")


def test_a_run_that_goes_on_says_how_to_go_on() -> None:
    run = ScriptedRun()
    run.pause(PauseReason.LIMIT, "tokens are used up")
    text = markdown(restored(run.events))
    assert "**paused**: tokens are used up" in text
    assert "swarm resume run-1" in text
    assert "SIMULATED" not in text


def evil_run() -> ScriptedRun:
    run = ScriptedRun(EVIL + "\n```\n<script>", name=EVIL[:200])
    run.plan(Subtask(id="a", instruction="x", title=EVIL[:200]), Subtask(id="b", instruction="x", title="1. # -"))
    run.end(run.start("a"), AttemptOutcome.REJECTED, EVIL)
    run.deliver(run.start("a"), accepted(EVIL), Handoff(EVIL, (EVIL,), (f"- # {EVIL}",)))
    run.settle("b", SubtaskOutcome.FAILED, EVIL)
    run.add(NoteRecorded(EVIL, "a"))
    run.finish(RunOutcome.FAILED, EVIL, rejected(f"{EVIL}\n````\n<script>", EVIL))
    return run


def test_nothing_from_outside_is_markup() -> None:
    text = markdown(restored(evil_run().events))
    assert not [character for character in text if ord(character) < 32 and character != "\n"]
    assert "\u202e" not in text
    html = html_of(text)
    assert ESCAPES.search(html) is None, "only the report's own elements are there"
    assert html.count("<h2>") == text.count("\n## ")
    assert "<a " not in html
    assert "<img" not in html


@pytest.mark.parametrize("prefix", ["", "- "])
@given(text=st.text(alphabet=st.sampled_from("ab<>&*_`[]()!#-+=|~\\ .:/1\n\t"), max_size=40))
def test_inline_text_is_literal(prefix: str, text: str) -> None:
    html = html_of(prefix + inline(text) + "\n")
    shown = re.sub(r"</?(?:p|ul|li)>|\n", "", html)
    plain = shown.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&")
    assert " ".join(plain.split()) == " ".join(text.split())


@given(text=st.text(alphabet=st.sampled_from("ab<`| \\"), max_size=20))
def test_code_is_literal(text: str) -> None:
    cells = re.findall(r"<td>(.*?)</td>", html_of(f"| x |\n| --- |\n| {code(text, in_table=True)} |\n"))
    assert len(cells) == 1
    shown = re.sub(r"</?code>", "", cells[0]).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    assert shown.split() == text.split()


def test_long_blocks_keep_their_end() -> None:
    lines = block("\n".join(f"line {number}" for number in range(100)), lines=5)
    assert lines == ["```text", "[... 95 lines left out ...]", *(f"line {n}" for n in range(95, 100)), "```"]


def test_a_huge_run_has_a_bounded_report() -> None:
    run = ScriptedRun()
    run.plan(*(Subtask(id=f"s{number}", instruction="x") for number in range(1000)))
    for number in range(1000):
        run.end(run.start(f"s{number}"), AttemptOutcome.FAILED, "x" * 5000)
        run.settle(f"s{number}", SubtaskOutcome.DONE if number else SubtaskOutcome.FAILED, "y" * 5000)
    text = markdown(restored(run.events))
    assert len(text) < 100_000
    assert "… and 600 more" in text
    table = text.partition("## Subtasks")[2].splitlines()
    assert table[4].startswith("| `s0` |"), "the failed one comes first"
