"""Noisy models on plans of hundreds of subtasks: wrong work, malformed calls, loops, splits, plans that cannot be used.

Around them is what real runs have besides: files that many change, work that only a judge can look at, flaky checks.

Each seed is one run: a planner divides the goal (mostly after answers with cycles or duplicates), agents do the parts.
What is right is known here: the verdict looks into the files of the branch, whatever the run says of itself.
"""

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass

from swarm.core.limits import Limits
from swarm.core.messages import Message, Reply, Role, ToolCall
from swarm.core.prompts import TRY_ELSE
from swarm.journal.store import RunFolder
from swarm.testing.simulation.commands import rubric_of, work_line
from swarm.testing.simulation.mind import _SUBTASK, Mind, _found
from swarm.testing.simulation.model import Ledger, SimulatedModel
from swarm.testing.simulation.process import Course, SimulatedProcess
from swarm.testing.simulation.scenario import SHARED, Scenario, Temper
from swarm.testing.simulation.simulation import Outcome, simulate
from swarm.testing.simulation.world import World

LOOP = "nothing/like/this.txt"
STEPS_OF_AN_ATTEMPT = 3


@dataclass(frozen=True, slots=True)
class Noise:
    """How noisy the model is; each figure is a chance between 0 and 1.

    Attributes:
        wrong: of an attempt that hands in wrong work.
        malformed: of a call that is none.
        loops: of an attempt that goes in circles, until it is told, and then half of the time.
        splits: of an attempt that finds its subtask too big.
        bad_plans: of a plan with a cycle, or with two subtasks of one id.
        rubrics: of a subtask that a judge looks at, because no command does.
        shared: of a subtask that adds a line to a file that others change as well, so that merges conflict.
        flaky: of a check that fails although nothing is wrong.
    """

    wrong: float = 0.2
    malformed: float = 0.05
    loops: float = 0.02
    splits: float = 0.01
    bad_plans: float = 0.5
    rubrics: float = 0.1
    shared: float = 0.05
    flaky: float = 0.01


class NoisyMind(Mind):
    """A model that does what it is asked, and errs."""

    def __init__(self, noise: Noise, subtasks: int) -> None:
        each_step = noise.splits / STEPS_OF_AN_ATTEMPT
        super().__init__(Temper(wrong=noise.wrong, malformed=noise.malformed, splits=each_step))
        self._noise = noise
        self._subtasks = subtasks

    def _plan(self, opening: str, chance: random.Random) -> Reply:
        if "Answer with the patch" in opening:
            return super()._plan(opening, chance)
        name = _found(_SUBTASK, opening)
        below = "" if name == "plan" else f"{name}."
        count = self._subtasks if not below else chance.randint(2, 4)
        parts = [_part(number, below, chance, self._noise) for number in range(count)]
        if chance.random() < self._noise.bad_plans:
            if chance.random() < 0.5:
                parts[0]["depends_on"] = [parts[-1]["id"]]
                parts[-1]["depends_on"] = [parts[0]["id"]]
            else:
                parts[-1] = dict(parts[0])
        return Reply(json.dumps({"subtasks": parts}))

    def _work(self, opening: str, messages: Sequence[Message], chance: random.Random) -> Reply:
        begins = len(messages) == 2 and chance.random() < self._noise.loops
        if begins or _is_looping(messages, chance):
            call = ToolCall(f"loop{len(messages)}", "read_file", json.dumps({"path": LOOP}))
            return Reply("", tool_calls=(call,), finish_reason="tool_calls")
        return super()._work(opening, messages, chance)


def _part(number: int, below: str, chance: random.Random, noise: Noise) -> dict[str, object]:
    name = f"{below}c{number}"
    judged = chance.random() < noise.rubrics
    shared = [chance.choice(SHARED)] if chance.random() < noise.shared else []
    earliest = max(0, number - 60)
    needs = {f"c{chance.randrange(earliest, number)}" for _ in range(chance.randint(0, 2))} if number else set()
    return {
        "id": f"c{number}",
        "instruction": f"Write {work_line(name)!r}.",
        "depends_on": sorted(needs),
        "checks": [] if judged else [" ".join(("check", name, *shared))],
        "rubric": rubric_of(name) if judged else "",
        "writes": [f"src/{name}.txt"],
    }


def _is_looping(messages: Sequence[Message], chance: random.Random) -> bool:
    last = next((message.reply for message in reversed(messages) if message.reply is not None), None)
    if last is None or not last.tool_calls or LOOP not in last.tool_calls[0].arguments:
        return False
    told = messages[-1].role is Role.USER and TRY_ELSE in messages[-1].content
    return not told or chance.random() < 0.5


class NoisyProcess(SimulatedProcess):
    """A process whose model is noisy. Its scenario says how long the plan is."""

    noise = Noise()
    checks_every = 100

    def __init__(
        self, scenario: Scenario, world: World, course: Course, folder: RunFolder, ledger: Ledger, limits: Limits
    ) -> None:
        super().__init__(scenario, world, course, folder, ledger, limits)
        mind = NoisyMind(self.noise, limits.max_subtasks // 2)
        self.model = SimulatedModel(scenario, self.hands, ledger, mind)


def noisy_scenario(seed: int, subtasks: int, noise: Noise | None = None) -> Scenario:
    """Return a run of so many subtasks, of a planner's making, that fifty agents carry out."""
    limits = Limits(workers=50, max_subtasks=2 * subtasks)
    return Scenario(seed, limits=limits, temper=Temper(slowest_s=60.0), flaky=(noise or Noise()).flaky)


@dataclass(slots=True)
class NoisyTally:
    """What a campaign came to: seeds played, runs that converged to a verified branch, and false successes."""

    seeds: int = 0
    converged: int = 0
    false_success: int = 0
    events: int = 0

    def add(self, outcome: Outcome) -> None:
        """Count one run. A run that says that all is done and verified, and of which anything is wrong, is false."""
        says_done = outcome.outcome == "done"
        self.seeds += 1
        self.events += outcome.events
        self.converged += says_done and not outcome.failed
        self.false_success += says_done and outcome.failed


def play_noisy(seed: int, subtasks: int, process_type: type[NoisyProcess] = NoisyProcess) -> Outcome:
    """Play one seed."""
    return simulate(noisy_scenario(seed, subtasks, process_type.noise), process_type)
