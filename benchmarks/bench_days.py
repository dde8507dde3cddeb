"""Five days of 300 agents in virtual time: memory, journal and clocks on the last day, compared with the second one.

The scheduler, the agent loop and the journal with its thread are the real ones; the model and the files are simulated.
The last line on stdout is JSON.
"""

import argparse
import json
import sys
import time

from swarm.testing.simulation.days import Sample, play_days


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=float, default=120.0)
    parser.add_argument("--agents", type=int, default=300)
    parser.add_argument("--slowest", type=float, default=4_800.0, help="seconds of the slowest model call")
    options = parser.parse_args()

    def show(sample: Sample) -> None:
        if round(sample.hour) % 6 == 0:
            sizes = f"{sample.memory / 1e6:6.1f} MB resident, journal {sample.journal / 1e6:6.1f} MB"
            print(f"hour {sample.hour:5.1f}: {sizes}, {sample.steps:,} steps, {sample.events:,} events", flush=True)

    began = time.perf_counter()
    days = play_days(hours=options.hours, agents=options.agents, slowest_s=options.slowest, shown=show)
    wall_s = time.perf_counter() - began
    last = days.samples[-1]
    # The last hours have fewer and fewer agents at work: the last whole day ends where nine tenths of the run are over.
    late = 0.9 * last.hour
    metrics = {
        "hours": round(last.hour, 1),
        "agents": options.agents,
        "steps": last.steps,
        "events": last.events,
        "outcome": str(days.result.ended.outcome) if days.result and days.result.ended else "not ended",
        "memory_last_vs_second_day": round(days.memory_growth(last.hour / 4, late), 3),
        "bytes_a_step_second_day": round(days.bytes_a_step(last.hour / 5, 2 * last.hour / 5)),
        "bytes_a_step_last_day": round(days.bytes_a_step(late - last.hour / 5, late)),
        "drift_s": round(days.drift_s, 3),
        "wall_s": round(wall_s, 1),
    }
    print(json.dumps({"bench": "bench-days", "metrics": metrics}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
