"""A simulated OpenAI-compatible endpoint: real sockets, scripted answers, faults on demand.

It needs no model, no network and no key, and gives the same answers for the same scenario, so that a swarm
can be tried and tested offline. ``docs/simulated-endpoint.md`` describes the scenario format.
"""

from swarm.testing.endpoint.holds import Hold
from swarm.testing.endpoint.ledger import Ledger, LedgerEntry
from swarm.testing.endpoint.loading import load_scenario
from swarm.testing.endpoint.scenario import (
    Answer,
    Cache,
    Fault,
    Features,
    Scenario,
    ScriptedCall,
    ScriptedStep,
    Speed,
    step,
)
from swarm.testing.endpoint.server import SimulatedEndpoint

__all__ = [
    "Answer",
    "Cache",
    "Fault",
    "Features",
    "Hold",
    "Ledger",
    "LedgerEntry",
    "Scenario",
    "ScriptedCall",
    "ScriptedStep",
    "SimulatedEndpoint",
    "Speed",
    "load_scenario",
    "step",
]
