"""Which subtasks change the same files: by paths, folders and patterns."""

import random

import pytest

from swarm.core.overlap import Claims, overlap, overlapping_neighbours
from swarm.core.plan import Subtask


def work(identifier: str, *writes: str) -> Subtask:
    return Subtask(id=identifier, instruction="do", writes=writes)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("src/a.py", "src/a.py"),
        ("./src/a.py", "src/a.py"),
        ("src", "src/deep/a.py"),
        ("src/deep/a.py", "src/"),
        ("src/*.py", "src/a.py"),
        ("src/a.py", "src/*.py"),
        ("src/**", "src/deep/a.py"),
        ("src", "src/*.py"),
        ("src/*.py", "src/a*"),
        (".", "anything/at.all"),
        ("*.md", "README.md"),
    ],
)
def test_paths_that_overlap(ours: str, theirs: str) -> None:
    assert overlap([ours], [theirs]) == (ours,)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("src/a.py", "src/b.py"),
        ("src/a.py", "src/a.pyi"),
        ("src", "srcs/a.py"),
        ("src/*.py", "tests/a.py"),
        ("src/*.py", "tests/*.py"),
        ("src/*.py", "src/a.md"),
        ("", "src/a.py"),
    ],
)
def test_paths_that_do_not(ours: str, theirs: str) -> None:
    assert overlap([ours], [theirs]) == ()


def test_pairs_come_in_the_order_of_the_plan() -> None:
    plan = [work("a", "x.py"), work("b", "y.py"), work("c", "x.py", "y.py"), work("d")]
    assert [(one.id, other.id) for one, other in overlapping_neighbours(plan)] == [("a", "c"), ("b", "c")]


def test_of_one_path_neighbours_are_paired_and_of_folders_all() -> None:
    plan = [work("a", "src/x.py"), work("b", "src/x.py"), work("c", "src/x.py"), work("d", "src")]
    pairs = [(one.id, other.id) for one, other in overlapping_neighbours(plan)]
    assert pairs == [("a", "b"), ("b", "c"), ("a", "d"), ("b", "d"), ("c", "d")]


def test_claims_are_what_a_look_at_every_pair_would_find() -> None:
    chance = random.Random(1)
    names = ["a", "a/b", "a/b/c.py", "a/d.py", "e.py", "a/*.py", "f/g/h", "f/g/**", "i/*.md"]
    claims = Claims()
    held: dict[str, tuple[str, ...]] = {}
    for number in range(300):
        owner = f"s{chance.randrange(12)}"
        if owner in held:
            claims.remove(owner)
            del held[owner]
        else:
            held[owner] = tuple(chance.sample(names, chance.randint(1, 3)))
            claims.add(owner, held[owner])
        asked = chance.sample(names, 2)
        expected = {name for name, paths in held.items() if overlap(asked, paths)}
        assert claims.owners_of(asked) == expected, number
