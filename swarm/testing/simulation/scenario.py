"""What a seed stands for: the plan, how the model behaves, and everything that goes wrong at which moment."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from swarm.core.limits import Limits
from swarm.core.plan import Subtask, SubtaskKind
from swarm.testing.simulation.commands import rubric_of, work_line
from swarm.testing.simulation.journal import CommitFate

HOUR_S = 3600.0
DAY_S = 24 * HOUR_S
SHARED = tuple(f"shared/{number}.txt" for number in range(3))
"""Files that several subtasks add a line to, so that their merges conflict."""


@dataclass(frozen=True, slots=True)
class Temper:
    """How a simulated model behaves: each figure is the chance of one kind of answer, between 0 and 1.

    ``poisons`` is that of work that breaks what was sound, ``fault`` that of a fault that passes, ``refused`` that of
    one that does not; ``slowest_s`` is what an answer takes at most, in seconds.
    """

    wrong: float = 0.0
    malformed: float = 0.0
    prose: float = 0.0
    cut_off: float = 0.0
    gives_up: float = 0.0
    splits: float = 0.0
    bad_plan: float = 0.0
    fault: float = 0.0
    refused: float = 0.0
    poisons: float = 0.0
    slowest_s: float = 60.0


class Deed(StrEnum):
    """What a person, or the machine, does to a run."""

    PAUSE = "pause"
    CANCEL = "cancel"
    TELL = "tell"
    REPLAN = "replan"
    SET_CLOCK = "set_clock"
    SUSPEND = "suspend"


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happens to a run ``at`` so many seconds after its beginning.

    ``subtask_id`` says who is cancelled or told something, the whole run when empty; ``seconds`` how far the wall clock
    is set, or how long the machine sleeps.
    """

    at: float
    deed: Deed
    subtask_id: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Scenario:
    """One simulation, fully described.

    Attributes:
        seed: where all chance comes from.
        subtasks: the given plan; empty when a planner makes it.
        limits: the task's limits.
        checks: the run's own checks.
        temper: how the model behaves.
        trouble: how likely one effect on the world fails.
        flaky: how likely a check fails by chance.
        glue: whether the run's check fails until a repair.
        outages: from when to when the endpoint is gone, in seconds.
        parks: whether the run waits for an endpoint that is gone instead of pausing.
        fates: what becomes of the n-th commit of all processes together; all others become durable.
        happenings: what is done to the run, in order of time.
    """

    seed: int
    subtasks: tuple[Subtask, ...] = ()
    limits: Limits = field(default_factory=Limits)
    checks: tuple[str, ...] = ("whole",)
    temper: Temper = field(default_factory=Temper)
    trouble: float = 0.0
    flaky: float = 0.0
    glue: bool = False
    outages: tuple[tuple[float, float], ...] = ()
    parks: bool = False
    fates: dict[int, CommitFate] = field(default_factory=dict)
    happenings: tuple[Happening, ...] = ()

    @classmethod
    def of(cls, seed: int) -> "Scenario":
        """Draw everything from a seed. Most runs are small, some things go wrong in each."""
        chance = random.Random(f"scenario {seed}")
        crowded = chance.random() < 0.2
        subtasks = _crowd(chance) if crowded else _plan(chance) if chance.random() < 0.7 else ()
        subtasks = tuple(_judged(subtasks, random.Random(f"judged {seed}")))
        again = random.Random(f"replans {seed}")
        limits = _limits(chance, seed).model_copy(update={"max_replans": again.randint(0, 2), **_hedges(seed)})
        return cls(
            seed,
            subtasks,
            limits.model_copy(update={"workers": 3}) if crowded else limits,
            checks=_checks(seed) if chance.random() < 0.7 else (),
            temper=_temper(chance, seed),
            trouble=chance.choice((0.0, 0.0, 0.01, 0.03)),
            flaky=random.Random(f"flaky {seed}").choice((0.0, 0.0, 0.0, 0.03)),
            glue=chance.random() < 0.2,
            outages=_outages(chance),
            parks=chance.random() < 0.5,
            fates=_fates(chance),
            happenings=tuple(
                sorted((*_happenings(chance, subtasks), *_replans(again, subtasks)), key=lambda happening: happening.at)
            ),
        )


def _plan(chance: random.Random) -> tuple[Subtask, ...]:
    count = chance.randint(1, 10)
    return tuple(
        subtask(
            f"s{number}",
            chance,
            depends_on=tuple(
                sorted({f"s{chance.randrange(number)}" for _ in range(chance.randint(0, 2))} if number else ())
            ),
        )
        for number in range(count)
    )


def _crowd(chance: random.Random) -> tuple[Subtask, ...]:
    """Return a plan whose subtasks all get into each other's way, so that most merges conflict."""
    path = SHARED[0]
    return tuple(
        Subtask(
            id=f"s{number}",
            instruction=f"Write {work_line(f's{number}')!r} and add 's{number}' to {path}.",
            checks=(f"check s{number} {path}",),
        )
        for number in range(chance.randint(6, 12))
    )


def subtask(identifier: str, chance: random.Random, *, depends_on: tuple[str, ...] = (), below: str = "") -> Subtask:
    """Return a subtask whose check, if it has one, is that of its own file and of the shared files it adds to.

    ``below`` begins the id that it will have in the plan.
    """
    name = f"{below}{identifier}"
    shared = tuple(path for path in SHARED if chance.random() < 0.25)
    plans = chance.random() < 0.12
    return Subtask(
        id=identifier,
        instruction=f"Write {work_line(name)!r}. Add {name!r} to: {', '.join(shared) or 'nothing'}.",
        depends_on=depends_on,
        checks=(" ".join(("check", name, *shared)),) if chance.random() < 0.8 else (),
        kind=SubtaskKind.PLAN if plans else SubtaskKind.WORK,
        role="planner" if plans else "worker",
    )


def _judged(subtasks: tuple[Subtask, ...], chance: random.Random) -> Iterator[Subtask]:
    """Have judges look at some of the subtasks that no check looks at."""
    for part in subtasks:
        judged = part.kind is SubtaskKind.WORK and not part.checks and chance.random() < 0.5
        yield (
            part.model_copy(update={"rubric": rubric_of(part.id), "judges": chance.choice((1, 3))}) if judged else part
        )


def _checks(seed: int) -> tuple[str, ...]:
    return ("sane", "whole") if _of_branch(seed).random() < 0.5 else ("whole",)


def _of_branch(seed: int) -> random.Random:
    return random.Random(f"branch {seed}")


def _limits(chance: random.Random, seed: int) -> Limits:
    return Limits(
        check_every=_of_branch(seed).choice((0, 1, 1, 2, 3, 10)),
        workers=chance.randint(1, 6),
        max_attempts=chance.randint(2, 6),
        max_handins=chance.randint(1, 3),
        max_steps=chance.choice((8, 20, 60)),
        max_depth=chance.randint(0, 2),
        max_repairs=chance.randint(0, 2),
        max_subtasks=40,
        max_calls=chance.choice((None, None, None, 25)),
        max_time_s=chance.choice((None, None, None, HOUR_S)),
        check_timeout_s=600.0,
    )


def _hedges(seed: int) -> dict[str, float | int]:
    """Turn hedges on in half of the seeds, where they begin easily: what takes as long as usual counts as slow."""
    chance = random.Random(f"hedges {seed}")
    if chance.random() < 0.5:
        return {}
    return {"hedge": chance.choice((1.0, 1.0, 1.5)), "hedge_samples": 1, "max_hedges": chance.choice((1, 4, 40))}


def _temper(chance: random.Random, seed: int) -> Temper:
    poisons = _of_branch(seed).choice((0.0, 0.1, 0.3))
    if chance.random() < 0.25:
        return Temper(poisons=poisons)
    return Temper(
        poisons=poisons,
        wrong=chance.choice((0.0, 0.2, 0.5)),
        malformed=chance.choice((0.0, 0.05)),
        prose=chance.choice((0.0, 0.05)),
        cut_off=chance.choice((0.0, 0.03)),
        gives_up=chance.choice((0.0, 0.03)),
        splits=chance.choice((0.0, 0.1)),
        bad_plan=chance.choice((0.0, 0.4)),
        fault=chance.choice((0.0, 0.05, 0.2)),
        refused=chance.choice((0.0, 0.01, 0.03)),
        slowest_s=chance.choice((5.0, 60.0, 600.0)),
    )


def _outages(chance: random.Random) -> tuple[tuple[float, float], ...]:
    if chance.random() < 0.75:
        return ()
    start = chance.uniform(0, 600)
    return ((start, start + chance.choice((30.0, 600.0, 2 * HOUR_S))),)


def _fates(chance: random.Random) -> dict[int, CommitFate]:
    if chance.random() < 0.15:
        return {}
    kinds = (*(CommitFate.LOST, CommitFate.UNKNOWN) * 3, CommitFate.REFUSED, CommitFate.FROZEN)
    # Some at any time, and now and then one soon after another, in the middle of a recovery.
    points = [chance.randrange(150) for _ in range(chance.randint(1, 5))]
    points += [point + chance.randint(1, 4) for point in points if chance.random() < 0.3]
    return {point: chance.choice(kinds) for point in points}


def _happenings(chance: random.Random, subtasks: tuple[Subtask, ...]) -> tuple[Happening, ...]:
    found = []
    if chance.random() < 0.25:
        found.append(Happening(chance.uniform(1, 600), Deed.PAUSE))
    if chance.random() < 0.2:
        named = chance.choice(subtasks).id if subtasks and chance.random() < 0.8 else ""
        found.append(Happening(chance.uniform(1, 300), Deed.CANCEL, named))
    if chance.random() < 0.3:
        named = chance.choice(subtasks).id if subtasks and chance.random() < 0.5 else ""
        found.append(Happening(chance.uniform(1, 300), Deed.TELL, named))
    if chance.random() < 0.2:
        found.append(Happening(chance.uniform(1, 300), Deed.SET_CLOCK, seconds=chance.choice((DAY_S, -DAY_S, -HOUR_S))))
    if chance.random() < 0.1:
        found.append(Happening(chance.uniform(1, 300), Deed.SUSPEND, seconds=8 * HOUR_S))
    return tuple(found)


def _replans(chance: random.Random, subtasks: tuple[Subtask, ...]) -> Iterator[Happening]:
    if chance.random() < 0.2:
        named = chance.choice(subtasks).id if subtasks and chance.random() < 0.5 else ""
        yield Happening(chance.uniform(1, 300), Deed.REPLAN, named)
