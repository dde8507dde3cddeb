"""``python -m swarm.testing.simulation``: play one seed, a range of seeds, or one seed with a crash at each commit."""

import argparse
import json
import sys

from swarm.testing.simulation.campaign import Tally, campaign, play_seed, sweep
from swarm.testing.simulation.scenario import Scenario
from swarm.testing.simulation.simulation import Outcome


def main() -> int:
    """Play what the arguments ask for; exit code 1 when something is wrong."""
    options = _parser().parse_args()

    def show(outcome: Outcome) -> None:
        if outcome.failed or options.verbose:
            sys.stderr.write(f"{outcome}\n")
        if outcome.failed:
            sys.stderr.write(f"replay: python -m swarm.testing.simulation --seed {outcome.seed}\n")

    if options.seed is not None and options.sweep:
        tally = sweep(Scenario.of(options.seed), shown=show)
    elif options.seed is not None:
        tally = Tally()
        outcome = play_seed(options.seed)
        tally.add(outcome)
        sys.stderr.write("\n".join([str(outcome), *outcome.wrong[5:], ""]))
    else:
        tally = campaign(range(options.first, options.first + options.seeds), jobs=options.jobs, shown=show)
    figures = {"bench": "bench-simulation", "metrics": tally.metrics}
    sys.stdout.write(f"{json.dumps(figures)}\n")
    return 1 if tally.failed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m swarm.testing.simulation", description=__doc__)
    parser.add_argument("--seed", type=int, help="play this seed only and say how it went")
    parser.add_argument("--sweep", action="store_true", help="with --seed: again with a crash at each commit")
    parser.add_argument("--seeds", type=int, default=100, help="how many seeds to play (default: %(default)s)")
    parser.add_argument("--first", type=int, default=0, help="the first of them (default: %(default)s)")
    parser.add_argument("--jobs", type=int, default=2, help="processes to use (default: %(default)s)")
    parser.add_argument("--verbose", action="store_true", help="show every outcome, not only what is wrong")
    return parser


if __name__ == "__main__":
    sys.exit(main())
