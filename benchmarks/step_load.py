"""One contender of ``bench_step``, in a process of its own: prints what its steps cost as one line of JSON.

python -m benchmarks.step_load CONTENDER BASE_URL --subtasks 1000 --in-flight 300 [--profile FILE]
"""

import argparse
import asyncio
import cProfile
import json
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.step_contenders import CONTENDERS
from swarm.event_loop import run_in_loop


@dataclass(frozen=True, slots=True)
class StepCost:
    """Steps made, processor time of one in milliseconds (all threads), and seconds for all."""

    steps: int
    cpu_ms: float
    seconds: float


def measure(contender: str, base_url: str, subtasks: int, in_flight: int) -> StepCost:
    """Carry a few subtasks out to warm up, then measure."""
    carry_out = CONTENDERS[contender]
    with tempfile.TemporaryDirectory() as warm, tempfile.TemporaryDirectory() as folder:
        run = run_in_loop if contender == "swarm" else asyncio.run  # each as its users run it
        run(carry_out(base_url, Path(warm), 20, 20))
        began, cpu = time.perf_counter(), time.process_time()
        steps = run(carry_out(base_url, Path(folder), subtasks, in_flight))
        spent, seconds = time.process_time() - cpu, time.perf_counter() - began
    return StepCost(steps, spent / steps * 1e3, seconds)


def main() -> None:
    """Run one contender."""
    parser = argparse.ArgumentParser(description="One way to carry agents out.")
    parser.add_argument("contender", choices=CONTENDERS)
    parser.add_argument("base_url")
    parser.add_argument("--subtasks", type=int, default=1_000)
    parser.add_argument("--in-flight", type=int, default=300)
    parser.add_argument("--profile", type=Path, help="write a profile of the process's main thread there")
    given = parser.parse_args()
    profile = cProfile.Profile(time.thread_time)
    if given.profile:
        profile.enable()
    cost = measure(given.contender, given.base_url, given.subtasks, given.in_flight)
    if given.profile:
        profile.disable()
        profile.dump_stats(given.profile)
    print(json.dumps(asdict(cost)))


if __name__ == "__main__":
    main()
