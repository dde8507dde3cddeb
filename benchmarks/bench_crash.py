"""Kills driving processes with SIGKILL, half at named failpoints, half at random moments, and counts what that cost.

``python -m benchmarks.bench_crash --kills 500`` prints its progress to stderr and, as the last line on stdout, one
JSON object. Everything must be 0 but ``kills``, ``delivered_again``, ``adopted`` and ``seconds``; else the exit code
is 1.
"""

import argparse
import json
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.crash_campaign import Lane
from benchmarks.crash_verdicts import Verdict
from swarm.failpoints import FAILPOINTS


def run_lanes(folder: Path, *, kills: int, lanes: int, seed: int, spool: bool, only: Sequence[str]) -> Verdict:
    """Share the kills between lanes that work at the same time, and return what they show together."""
    whole, failures = Verdict(), list[BaseException]()

    def work(number: int) -> None:
        share = kills // lanes + (number < kills % lanes)
        try:
            with Lane(folder / f"lane-{number}", seed=seed + number, spool=spool, only=only).served() as lane:
                verdict = lane.campaign(share)
            with lock:
                whole.add(verdict)
        except BaseException as error:  # noqa: BLE001 - raised again below, on the thread that waits
            failures.append(error)

    lock = threading.Lock()
    threads = [threading.Thread(target=work, args=(number,)) for number in range(lanes)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for failure in failures:
        raise failure
    return whole


def main() -> int:
    """Run the campaign that the command line asks for."""
    parser = argparse.ArgumentParser(description="Kill runs with SIGKILL and count what was lost.")
    parser.add_argument("--kills", type=int, default=500, help="how many processes to kill")
    parser.add_argument("--lanes", type=int, default=2, help="runs at the same time")
    parser.add_argument("--seed", type=int, default=1, help="of failpoints and moments")
    parser.add_argument("--without-spool", action="store_true", help="take the safeguard away: must be found")
    parser.add_argument("--failpoint", action="append", default=[], choices=FAILPOINTS, help="kill only there")
    chosen = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="swarm-crash-") as folder:
        verdict = run_lanes(
            Path(folder),
            kills=chosen.kills,
            lanes=chosen.lanes,
            seed=chosen.seed,
            spool=not chosen.without_spool,
            only=chosen.failpoint,
        )
    metrics = {**verdict.metrics, "seconds": round(time.monotonic() - began, 1)}
    print(json.dumps({"bench": "bench-crash", "metrics": metrics}))
    return 0 if verdict.flawless else 1


if __name__ == "__main__":
    sys.exit(main())
