"""A run that spends many times faster than ever before comes to a stop; one that only grows does not."""

from swarm.core.events import ModelReplied, PauseReason, RunPaused
from swarm.core.limits import Limits, StuckLimits, Usage
from swarm.core.messages import Reply
from swarm.core.plan import Subtask
from swarm.core.scheduler import Scheduler
from swarm.core.stimuli import Drain, Drained
from swarm.core.velocity import SpendMeter
from tests.core.worlds import World, opened


def window(meter: SpendMeter, tokens: int, *, agents: int = 10, cached: int = 0) -> str:
    for _ in range(30):
        meter.replied(Usage((tokens + cached) // 30, cached // 30, 0))
        meter.passed(10.0, agents)
    return meter.exceeded


def test_a_sudden_jump_is_found_and_growth_is_not() -> None:
    meter = SpendMeter(3.0)
    assert not any(window(meter, tokens) for tokens in (100_000, 200_000, 500_000, 1_400_000, 4_000_000))
    assert "3.1 times" in window(meter, 12_500_000)


def test_nothing_is_made_of_a_run_that_has_just_begun_or_takes_little() -> None:
    meter = SpendMeter(3.0)
    assert not window(meter, 1_000)
    assert not window(meter, 900_000)
    small = SpendMeter(3.0)
    assert not any(window(small, tokens) for tokens in (100, 100, 100, 90_000))


def test_more_agents_and_cached_tokens_are_not_faster() -> None:
    meter = SpendMeter(3.0)
    assert not any(window(meter, tokens) for tokens in (200_000, 200_000, 200_000))
    assert not window(meter, 2_000_000, agents=100)
    assert not window(meter, 200_000, cached=9_000_000)


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
    spend(400_000)
    assert any(isinstance(command, Drain) for command in world.pending)
    world.decide([Drained()])
    paused = world.facts[-1].event
    assert isinstance(paused, RunPaused)
    assert paused.reason is PauseReason.LIMIT
    assert "spend_factor" in paused.message
    scheduler = Scheduler.restore(world.facts)
    scheduler.apply(opened(world.task), world.now)
    assert not scheduler.state.speed.exceeded
