"""Deterministic simulation: whole runs in virtual time, with everything going wrong that a seed can think of.

The scheduler, the journal (its file, its statements, its codec), the agent loop, planner, verifier, integrator and
runtime are the real ones. Simulated are the model, the files and the repository, and time: an event loop whose clock
jumps to the next timer. Processes die before and after commits, or stand still and come back when another process has
taken the run over. After each event the scheduler's invariants are checked, at each effect whether the facts that allow
it are on disk, and in the end whether the result is right::

    from swarm.testing.simulation import Scenario, simulate

    outcome = simulate(Scenario.of(seed=1))
    assert not outcome.failed, outcome

The same seed makes the same run, event by event.
"""

from swarm.testing.simulation.campaign import Tally, campaign, play_seed, sweep
from swarm.testing.simulation.journal import CommitFate, SimulatedCommitter
from swarm.testing.simulation.loop import Deadlock, VirtualClock, VirtualLoop
from swarm.testing.simulation.process import SimulatedProcess
from swarm.testing.simulation.scenario import Deed, Happening, Scenario, Temper
from swarm.testing.simulation.simulation import Outcome, simulate

__all__ = [
    "CommitFate",
    "Deadlock",
    "Deed",
    "Happening",
    "Outcome",
    "Scenario",
    "SimulatedCommitter",
    "SimulatedProcess",
    "Tally",
    "Temper",
    "VirtualClock",
    "VirtualLoop",
    "campaign",
    "play_seed",
    "simulate",
    "sweep",
]
