"""A run that spends many times faster than ever before comes to a stop; one that only grows does not."""

from swarm.core.events import ModelReplied, PauseReason, RunPaused
from swarm.core.limits import Limits, StuckLimits, Usage
from swarm.core.messages import Reply
from swarm.core.plan import Subtask
from swarm.core.scheduler import Scheduler
from swarm.core.stimuli import Drain, Drained
from swarm.core.velocity import SpendMeter
from tests.core.worlds import World, opened


class Windows:
    """Plays windows of five minutes and returns what is found after each."""

    def __init__(self, factor: float = 3.0) -> None:
        self.meter = SpendMeter(factor)
        self.now = 0.0
        self.meter.replied(Usage(), 0.0, 1)

    def __call__(self, tokens: int, *, agents: int = 10, cached: int = 0) -> str:
        for _ in range(30):
            self.now += 10.0
            self.meter.replied(Usage((tokens + cached) // 30, cached // 30, 0), self.now, agents)
        return self.meter.exceeded


def test_a_sudden_jump_is_found_and_growth_is_not() -> None:
    window = Windows()
    assert not any(window(tokens) for tokens in (100_000, 200_000, 500_000, 1_400_000, 4_000_000))
    assert "3.1 times" in window(12_500_000)


def test_nothing_is_made_of_a_run_that_has_just_begun_or_takes_little() -> None:
    window = Windows()
    assert not window(1_000)
    assert not window(900_000)
    small = Windows()
    assert not any(small(tokens) for tokens in (100, 100, 100, 90_000))


def test_more_agents_and_cached_tokens_are_not_faster() -> None:
    window = Windows()
    assert not any(window(tokens) for tokens in (200_000, 200_000, 200_000))
    assert not window(2_000_000, agents=100)
    assert not window(200_000, cached=9_000_000)


def test_the_run_pauses_and_a_resume_learns_anew() -> None:
    plan = (Subtask(id="a", instruction="work"),)
    world = World(1, plan, Limits(stuck=StuckLimits(spend_factor=2)))

    def spend(tokens: int) -> None:
        for step in range(10):
            world.now += 30
            world.record(ModelReplied("a@1", step + 1, Reply(usage=Usage(tokens // 10, 0, 0)), 0.1, 1.0))
        world.decide([])

    for _ in range(4):
        spend(150_000)
    assert not any(isinstance(command, Drain) for command in world.pending)
    for _ in range(2):
        spend(450_000)
    assert any(isinstance(command, Drain) for command in world.pending)
    world.decide([Drained()])
    paused = world.facts[-1].event
    assert isinstance(paused, RunPaused)
    assert paused.reason is PauseReason.LIMIT
    assert "spend_factor" in paused.message
    world.pending.clear()
    world.scheduler = Scheduler()
    for recorded in world.facts:
        world.scheduler.apply(recorded.event, recorded.at)
    world.record(opened(world.task))
    world.decide([])
    assert not any(isinstance(command, Drain) for command in world.pending)
