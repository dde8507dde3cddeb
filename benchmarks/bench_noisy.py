"""Whether runs come to a verified end although their models are noisy, and never say so when they have not.

Each seed is a run of 300 subtasks in virtual time, planned and carried out by a simulated model: 20 % of the attempts
hand in wrong work, 5 % of the calls are malformed, 2 % of the attempts go in circles, 1 % find their subtask too big,
and half of the plans have a cycle or a subtask twice. Besides, a tenth of the subtasks is judged by a rubric, one in
twenty adds to a file that others change as well, and 1 % of the checks fail by chance. Scheduler, agents, planner,
verifier and journal are the real ones. What counts is the files of the branch, not what the run says. The last line on
stdout is JSON.

    python -m benchmarks.bench_noisy [--seeds 100] [--first 0] [--subtasks 300] [--jobs 2]
"""

import argparse
import json
import multiprocessing
import sys
from functools import partial

from swarm.testing.simulation.noisy import NoisyTally, play_noisy


def main() -> int:
    """Play the seeds; exit code 1 when too few converge, or one says that it has and has not."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--subtasks", type=int, default=300)
    parser.add_argument("--jobs", type=int, default=2, help="processes that play them")
    given = parser.parse_args()
    tally = NoisyTally()
    seeds = range(given.first, given.first + given.seeds)
    with multiprocessing.get_context("spawn").Pool(given.jobs) as pool:
        for outcome in pool.imap(partial(play_noisy, subtasks=given.subtasks), seeds):
            tally.add(outcome)
            print(outcome, file=sys.stderr, flush=True)
    metrics = {
        "seeds": tally.seeds,
        "converged": tally.converged,
        "false_success": tally.false_success,
        "subtasks": given.subtasks,
        "events": tally.events,
    }
    print(json.dumps({"bench": "bench-noisy", "metrics": metrics}))
    return 1 if tally.false_success or tally.converged < 0.99 * tally.seeds else 0


if __name__ == "__main__":
    sys.exit(main())
