"""What a step of an agent costs in all, side by side with the least that does the same job and with LangGraph.

A step is a model call over a socket, a call of a tool that does nothing, and a durable record of both. Many subtasks of
a few steps each, hundreds at the same time; each contender in a process of its own, against a server of canned bytes in
another; they take turns. Counted is the processor time of the contender's process, all threads.

    python -m benchmarks.bench_step [--subtasks 1000] [--calls 4] [--in-flight 300] [--rounds 3]
"""

import argparse
import json
import statistics
import subprocess
import sys
from collections import defaultdict
from importlib.util import find_spec

from benchmarks.bench_llm import serving
from benchmarks.step_load import StepCost

DELAY_MS = 50


def run_contender(name: str, base_url: str, *arguments: object) -> StepCost:
    """Let one contender carry everything out."""
    command = [sys.executable, "-m", "benchmarks.step_load", name, base_url, *map(str, arguments)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=900)
    return StepCost(**json.loads(done.stdout))


def show(costs: dict[str, list[StepCost]]) -> dict[str, float]:
    """Print the table; return the metrics."""
    print(f"{'':<12}{'CPU ms a step':>15}{'/floor':>9}{'steps/s':>10}")
    metrics: dict[str, float] = {}
    for name, found in costs.items():
        ms = statistics.median(cost.cpu_ms for cost in found)
        ratio = statistics.median(
            cost.cpu_ms / floor.cpu_ms for cost, floor in zip(found, costs["floor"], strict=False)
        )
        speed = statistics.median(cost.steps / cost.seconds for cost in found)
        print(f"{name:<12}{ms:>15.3f}{ratio:>9.2f}{speed:>10,.0f}")
        prefix = "" if name == "swarm" else f"{name}_"
        metrics |= {f"{prefix}step_ms": round(ms, 4), f"{prefix}steps_per_s": round(speed)}
        if name != "floor":
            metrics[f"{prefix}step_vs_floor"] = round(ratio, 2)
    return metrics


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--subtasks", type=int, default=1_000)
    parser.add_argument("--calls", type=int, default=4, help="model calls of a subtask; the last one hands in")
    parser.add_argument("--in-flight", type=int, default=300, help="subtasks at work at the same time")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="*", help="only these contenders beside the floor")
    given = parser.parse_args()
    if find_spec("aiohttp") is None:
        sys.exit("aiohttp must be installed; `make bench-step` does that")
    contenders = ["floor", *(given.only if given.only is not None else ["swarm", "langgraph"])]
    if "langgraph" in contenders and find_spec("langgraph") is None:
        print("LangGraph is not installed and not measured; `make bench-step` installs it", file=sys.stderr)
        contenders.remove("langgraph")
    costs: dict[str, list[StepCost]] = defaultdict(list)
    with serving() as port:
        base_url = f"http://127.0.0.1:{port}/steps-{DELAY_MS}-{given.calls}/v1"
        for number in range(given.rounds):
            for name in contenders:
                if name == "langgraph" and number:
                    continue  # one round of it takes as long as all others together
                cost = run_contender(name, base_url, "--subtasks", given.subtasks, "--in-flight", given.in_flight)
                if cost.steps != given.subtasks * given.calls:
                    sys.exit(f"{name} made {cost.steps} steps instead of {given.subtasks * given.calls}")
                costs[name].append(cost)
    print(json.dumps({"bench": "bench-step", "metrics": show(costs)}))


if __name__ == "__main__":
    main()
