"""What a call of a model costs its client, side by side with others in one run.

Processor time of one call and of one streamed chunk at 300 and 1,000 calls in flight, of the calls of a conversation
that grows by 100 tool turns, and of the first call over TLS, for swarm's client, bare aiohttp, plain httpx2, and a
floor of raw asyncio with httptools. Each load runs in a process of its own, against a server of canned bytes in
another; the clients take turns, and the least of each one's rounds counts. Then how much 300 agents read from prefix
caches, beside the most that could be.

    python -m benchmarks.bench_llm [--rounds 3] [--quick]
"""

import argparse
import asyncio
import json
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from benchmarks.llm_load import Cost
from benchmarks.lockstep import measure_lockstep
from benchmarks.prefix_cache import measure_prefix_cache

CHUNKS = 200
_ONE_BY_ONE = 0.9
Metrics = dict[str, float | None]


@dataclass(frozen=True, slots=True)
class Load:
    """One load: what the server does, what the clients do, and which clients take part."""

    title: str
    kind: str
    path: str
    arguments: tuple[str, ...]
    clients: tuple[str, ...]
    unit: int = 1
    costs: dict[str, list[Cost]] = field(default_factory=lambda: defaultdict(list))


def loads(*, quick: bool) -> dict[str, Load]:
    """Return the loads by name."""
    plain = ("raw", "aiohttp", "httpx2", "swarm")
    streaming = (*plain, "swarm-watched", "swarm-spooled")
    found = {
        "call_300": Load("a call, 300 in flight", "call", "calls-150", ("--in-flight", "300", "--each", "8"), plain),
        "call_1000": Load(
            "a call, 1,000 in flight",
            "call",
            "calls-500",
            ("--in-flight", "1000", "--each", "4"),
            plain[:2] + plain[3:],
        ),
        "stream_300": Load(
            "a chunk, 300 streams",
            "stream",
            f"streams-200-{CHUNKS}-30",
            ("--in-flight", "300", "--each", "1", "--spread", "2"),
            streaming,
            CHUNKS,
        ),
        "stream_1000": Load(
            "a chunk, 1,000 streams",
            "stream",
            f"streams-500-{CHUNKS}-100",
            ("--in-flight", "1000", "--each", "1", "--spread", "4"),
            ("raw", "aiohttp", "swarm", "swarm-watched"),
            CHUNKS,
        ),
        "history": Load("a call, 100 tool turns", "history", "calls-5", ("--in-flight", "10", "--each", "100"), plain),
    }
    return {name: load for name, load in found.items() if not quick or name.endswith("300")}


@contextmanager
def serving(*arguments: str | Path) -> Iterator[int]:
    """Run the canned server and give its port."""
    command = [sys.executable, "-m", "benchmarks.canned_server", *map(str, arguments)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield int(server.stdout.readline())
        finally:
            server.terminate()


def run_load(client: str, kind: str, base_url: str, *arguments: str | Path) -> Cost:
    """Run one client under one load."""
    command = [sys.executable, "-m", "benchmarks.llm_load", client, kind, base_url, *map(str, arguments)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=600)
    return Cost(**json.loads(done.stdout))


def run_loads(wanted: dict[str, Load], rounds: int) -> None:
    """Run all loads, the clients taking turns, and print a table of each."""
    with serving() as port:
        for load in wanted.values():
            for _ in range(rounds):
                for client in load.clients:
                    base_url = f"http://127.0.0.1:{port}/{load.path}/v1"
                    load.costs[client].append(run_load(client, load.kind, base_url, *load.arguments))
            print_table(load)


def print_table(load: Load) -> None:
    """Print what a load cost each client."""
    print(f"{load.title:<26}{'CPU us':>9}{'/raw':>7}{'/aiohttp':>10}{'added first p50/p99 ms':>26}{'wakes':>7}")
    for client, costs in load.costs.items():
        us = least(costs, load.unit)
        row = f"  {client:<24}{us:>9.1f}{us / least(load.costs['raw'], load.unit):>7.2f}"
        row += f"{us / least(load.costs['aiohttp'], load.unit):>10.2f}"
        if load.kind == "stream":
            quickest = min(costs, key=lambda cost: cost.added_first_p99_ms)
            row += f"{quickest.added_first_p50_ms:>17.1f} / {quickest.added_first_p99_ms:>6.1f}"
            row += f"{alone(costs, load.unit)[0].wakes:>7.0f}"
        print(row, flush=True)


def least(costs: list[Cost], unit: int = 1) -> float:
    """Return the least processor time of all rounds in microseconds: whatever else a machine does only adds to it."""
    return min(cost.cpu_us for cost in alone(costs, unit)) / unit


def alone(costs: list[Cost], unit: int) -> list[Cost]:
    """Return the rounds in which chunks came one by one; all where there are none.

    On a machine that is too busy chunks wait for their readers and are read in bunches, which costs less.
    """
    return [cost for cost in costs if cost.wakes >= _ONE_BY_ONE * unit] or costs


def ratio(load: Load | None, ours: str, other: str) -> float | None:
    """Return one client's cost to another's."""
    if load is None or not load.costs[ours] or not load.costs[other]:
        return None
    return round(least(load.costs[ours]) / least(load.costs[other]), 2)


def cold_starts(rounds: int) -> Metrics:
    """Make the first call of a process over TLS, print a table, and return its metrics."""
    if shutil.which("openssl") is None:
        print("no openssl to make a certificate with: the cold start is not measured", file=sys.stderr)
        return {}
    costs: dict[str, list[Cost]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        key, certificate = Path(folder, "key.pem"), Path(folder, "certificate.pem")
        make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
        make += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)]
        subprocess.run(make, check=True, capture_output=True)
        with serving("--key", key, "--certificate", certificate) as port:
            base_url = f"https://127.0.0.1:{port}/calls-0/v1"
            for _ in range(rounds):
                for client in ("raw", "aiohttp", "httpx2", "swarm"):
                    arguments = ("--in-flight", "1", "--certificate", certificate)
                    costs[client].append(run_load(client, "cold", base_url, *arguments))
    print(f"{'the first call over TLS':<26}{'CPU ms':>9}{'ms':>7}")
    for client, found in costs.items():
        print(f"  {client:<24}{least(found) / 1e3:>9.1f}{min(each.seconds for each in found) * 1e3:>7.1f}")
    return {
        "cold_tls_ms": round(least(costs["swarm"]) / 1e3, 1),
        "cold_tls_vs_aiohttp": round(least(costs["swarm"]) / least(costs["aiohttp"]), 2),
    }


def metrics_of(found: dict[str, Load]) -> Metrics:
    """Return the ratios."""
    call_300, call_1000 = found.get("call_300"), found.get("call_1000")
    stream_300, stream_1000 = found.get("stream_300"), found.get("stream_1000")
    added = stream_300.costs["swarm"] if stream_300 else []
    return {
        "call_300_vs_aiohttp": ratio(call_300, "swarm", "aiohttp"),
        "call_1000_vs_aiohttp": ratio(call_1000, "swarm", "aiohttp"),
        "chunk_vs_raw": ratio(stream_300, "swarm-watched", "raw"),
        "chunk_vs_aiohttp": ratio(stream_300, "swarm-watched", "aiohttp"),
        "chunk_coalesced_vs_raw": ratio(stream_300, "swarm", "raw"),
        "chunk_coalesced_vs_aiohttp": ratio(stream_300, "swarm", "aiohttp"),
        "chunk_spooled_vs_raw": ratio(stream_300, "swarm-spooled", "raw"),
        "chunk_1000_vs_raw": ratio(stream_1000, "swarm-watched", "raw"),
        "chunk_1000_coalesced_vs_raw": ratio(stream_1000, "swarm", "raw"),
        "history_vs_aiohttp": ratio(found.get("history"), "swarm", "aiohttp"),
        "added_ttft_p99_ms": round(min(each.added_first_p99_ms for each in added), 1) if added else None,
    }


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description="What a call of a model costs its client.")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of all clients")
    parser.add_argument("--quick", action="store_true", help="only the loads with 300 calls in flight")
    parser.add_argument("--only", nargs="*", help="only these loads: call_300, call_1000, stream_300, ...")
    arguments = parser.parse_args()
    missing = [name for name in ("aiohttp", "httptools") if find_spec(name) is None]
    if missing:
        sys.exit(f"{' and '.join(missing)} must be installed; `make bench-llm` does that")
    wanted = loads(quick=arguments.quick)
    if arguments.only is not None:
        wanted = {name: load for name, load in wanted.items() if name in arguments.only}
    run_loads(wanted, arguments.rounds)
    metrics = metrics_of(wanted)
    if arguments.only is None:
        metrics |= asyncio.run(measure_lockstep()) | cold_starts(arguments.rounds) | asyncio.run(measure_prefix_cache())
    print(json.dumps({"bench": "bench-llm", "metrics": metrics}))


if __name__ == "__main__":
    main()
