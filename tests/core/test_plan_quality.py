"""Plans that are not worth their money, and what is said of them; what a plan will take."""

import time

import pytest

from swarm.core.plan import Size, Subtask, cycle_among
from swarm.core.plan_estimate import estimate
from swarm.core.plan_quality import (
    Severity,
    Surroundings,
    examine,
    files_of,
    in_notes,
    programs_of,
)
from swarm.core.prices import Price
from swarm.core.sequence import in_sequence, unordered_overlaps

FILES = frozenset({"src/a.py", "tests/test_a.py", "README.md", "tools/run.sh"})


def work(identifier: str, *depends_on: str, **fields: object) -> Subtask:
    values = {"id": identifier, "instruction": f"do {identifier}", "depends_on": depends_on, "checks": ["true"]}
    return Subtask.model_validate(values | fields)


def kinds(*subtasks: Subtask, **surroundings: object) -> list[tuple[str, Severity]]:
    return [(found.kind, found.severity) for found in examine(subtasks, Surroundings(**surroundings))]  # type: ignore[arg-type]


def test_a_sound_plan_is_left_alone() -> None:
    assert kinds(work("a", writes=["src/a.py"]), work("b", "a", writes=["src/a.py"]), files=FILES) == []


def test_twice_the_same_instruction_is_an_error_and_twice_the_same_title_a_doubt() -> None:
    assert kinds(work("a", instruction="Write  it."), work("b", instruction="write it.")) == [
        ("repeated", Severity.ERROR)
    ]
    assert kinds(work("a", title="It"), work("b", title="it")) == [("same title", Severity.DOUBT)]


def test_a_plan_that_only_passes_the_goal_on_is_no_progress() -> None:
    assert ("no progress", Severity.ERROR) in kinds(work("a", instruction="Goal", kind="plan"), work("b"), goal="goal")
    assert kinds(work("a", kind="plan")) == [("no progress", Severity.ERROR)]
    assert kinds(work("a", kind="plan"), work("b", kind="plan")) == []  # the first planner may divide
    assert kinds(work("a", kind="plan"), work("b", kind="plan"), nested=True) == [("no progress", Severity.ERROR)]
    assert kinds(work("a", kind="plan"), work("b"), may_nest=False) == [("too deep", Severity.ERROR)]


def test_the_same_file_written_at_the_same_time_is_an_error_and_put_in_a_row_in_the_end() -> None:
    plan = (work("a", writes=["x.py"]), work("b", writes=["x.py"]), work("c", "b", writes=["src"]), work("d", "c"))
    assert kinds(*plan) == [("overlap", Severity.ERROR)]
    assert unordered_overlaps(plan, most=9) == [("b", "a", ("x.py",))]
    mended = in_sequence(plan)
    assert unordered_overlaps(mended, most=9) == []
    assert mended[0].depends_on == ("b",)  # more work waits for b


def test_putting_in_a_row_never_makes_a_cycle() -> None:
    plan = [work(f"s{n}", *([f"s{n + 1}"] if n % 3 else []), writes=["x.py"]) for n in range(9)]
    plan.append(work("s9"))
    mended = in_sequence(plan)
    assert not cycle_among(mended)
    assert unordered_overlaps(mended, most=9) == []


@pytest.mark.parametrize("writes", [["x.py"], ["src/"], ["src/*.py"]])
@pytest.mark.parametrize("chained", [True, False])
def test_thousands_that_write_the_same_are_looked_through_at_once(writes: list[str], chained: bool) -> None:
    plan = [work(f"s{n}", *([f"s{n - 1}"] if n and chained else []), writes=writes) for n in range(1_000)]
    began = time.process_time()
    found = [finding.kind for finding in examine(plan, Surroundings())]
    mended = in_sequence(plan)
    assert time.process_time() - began < 8.0  # it took minutes
    assert found == (["serial"] if chained else ["overlap"] * 8)
    assert not cycle_among(mended)


def test_of_thousands_of_doubts_a_few_are_noted() -> None:
    plan = [work(f"s{n}", checks=[f"test -f f{n}.txt"], title="It") for n in range(2_000)]
    notes = in_notes(examine(plan, Surroundings(files=FILES)))
    assert len(notes) == 21
    assert notes[-1] == "and 2000 more like these"


def test_a_person_may_leave_everything_to_planners_and_repeat_words() -> None:
    plan = [work("a", instruction="Goal", kind="plan")]
    assert kinds(*plan, goal="goal", given=True) == []
    assert kinds(work("a", instruction="It"), work("b", instruction="it"), given=True) == [("repeated", Severity.DOUBT)]
    assert kinds(*plan, goal="goal", given=True, may_nest=False) == [("too deep", Severity.ERROR)]


def test_a_chain_is_doubted_with_the_dependencies_that_seem_needless() -> None:
    chain = [work(f"s{n}", *([f"s{n - 1}"] if n else []), writes=[f"f{n}.py"]) for n in range(8)]
    (found,) = examine(chain, Surroundings())
    assert found.kind == "serial"
    assert "s1 on s0" in found.text
    assert examine(chain[:5], Surroundings()) == []
    assert kinds(*(work(f"s{n}") for n in range(8))) == []


def test_a_chain_is_told_by_the_sizes() -> None:
    wide = [work(f"s{n}", size="S") for n in range(6)]
    assert kinds(*wide, work("long", "s0", size="L"), work("longer", "long", size="L")) == [("serial", Severity.DOUBT)]


def test_leaves_that_nothing_checks_and_that_lead_nowhere() -> None:
    assert kinds(work("a", checks=[], writes=["x"])) == [("unchecked", Severity.DOUBT)]
    assert kinds(work("a", checks=[], writes=["x"]), goal_checks=("make test",)) == []
    assert kinds(work("a"), work("b", checks=[]), goal_checks=("make test",)) == [("dead end", Severity.DOUBT)]


def test_only_a_rubric_is_a_doubt_where_commands_decide_the_goal() -> None:
    judged, checked = work("a", checks=[], rubric="It is good.", writes=["x"]), work("b", rubric="Good.", writes=["y"])
    assert kinds(judged, checked) == kinds(judged, checked, goal_checks=("make test",), given=True) == []
    assert kinds(judged, checked, goal_checks=("make test",)) == [("only judged", Severity.DOUBT)]
    [alone] = examine([judged], Surroundings(goal_checks=("make test",)))
    assert "give a those as its checks, make test" in alone.text
    assert kinds(work("a", rubric="Good.", checks=["make test"]), goal_checks=("make test",)) == []


def test_checks_that_cannot_run() -> None:
    installed = {"pytest", "grep"}.__contains__
    missing = work("a", checks=["pytest -q tests/test_a.py && frobnicate x"])
    assert kinds(missing, files=FILES, runs=installed) == [("no program", Severity.ERROR)]
    invented = work("a", checks=["pytest -q tests/test_b.py"])
    assert kinds(invented, files=FILES, runs=installed) == [("no file", Severity.DOUBT)]
    assert kinds(work("a", checks=["pytest tests/test_b.py"], writes=["tests/"]), files=FILES, runs=installed) == []
    told = work("a", checks=["pytest tests/test_b.py"], instruction="Write tests/test_b.py.")
    assert kinds(told, files=FILES, runs=installed) == []


def test_a_role_without_a_model() -> None:
    assert kinds(work("a", role="wizard"), roles=frozenset({"worker"})) == [("unknown role", Severity.DOUBT)]


@pytest.mark.parametrize(
    ("check", "files", "programs"),
    [
        ("pytest -q tests/test_a.py::test_x", ["tests/test_a.py"], ["pytest"]),
        ("python3 -m unittest tests.test_x", [], ["python3"]),
        ("test -s parser.txt && ./tools/run.sh", ["parser.txt", "tools/run.sh"], []),
        ("PYTHONPATH=src python3 -c 'import a.b; open(\"x.py\")'", [], ["python3"]),
        ("! grep -rn TODO src/", ["src"], ["grep"]),
        ("make -j4 | tee out.txt; [ -f x ]", ["out.txt"], ["make", "tee"]),
        ("ls *.py https://example.org/a.py /etc/x.cfg ../up.py", [], ["ls"]),
        ("cat <in.txt >out.txt", ["in.txt"], ["cat"]),
    ],
)
def test_what_a_check_names(check: str, files: list[str], programs: list[str]) -> None:
    assert list(files_of(check)) == files
    assert list(programs_of(check)) == programs


def test_what_a_plan_will_take() -> None:
    plan = (work("a", size="S"), work("b", "a", size="L"), work("c", "a"), work("d", kind="plan", role="planner"))
    found = estimate(plan, lambda role: Price(1.0, 2.0, 0.1))
    assert (found.subtasks, found.unplanned, found.width, found.depth) == (4, 1, 2, 2)
    assert found.chain == ("a", "b")
    assert 0 < found.calls[0] < found.calls[1]
    assert 0 < found.tokens[0] < found.tokens[1]
    assert found.cost_usd is not None
    assert 0 < found.cost_usd[0] < found.cost_usd[1]
    assert estimate(plan).cost_usd is None
    judged = estimate((work("a", rubric="It is good.", judges=3),))
    assert [judged.calls[end] - estimate((work("a"),)).calls[end] for end in (0, 1)] == [2, 6]
    assert estimate((work("a", size="L"),)).tokens > estimate((work("a", size="S"),)).tokens
    assert estimate(()).chain == ()
    assert {size.value for size in Size} == {"S", "M", "L"}
