"""Who may import whom, kept by reading every import of the package, deferred ones included."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import swarm

PACKAGE = Path(swarm.__file__).parent
ROOT = PACKAGE.parent
LONGEST_FILE = 500

# From the bottom to the top. A module belongs to the longest name that it begins with and imports from rows above its
# own only; two units of one row do not know of each other.
LAYERS: tuple[tuple[str, ...], ...] = (
    ("swarm",),  # the package itself: names that load when they are used
    (
        "swarm.clock",
        "swarm.durable",
        "swarm.errors",
        "swarm.event_loop",
        "swarm.failpoints",
        "swarm.redaction",
        "swarm.text",
    ),
    ("swarm.core.limits", "swarm.core"),
    (
        "swarm.core.hosts",
        "swarm.core.messages",
        "swarm.core.plan",
        "swarm.core.prices",
        "swarm.core.patterns",
        "swarm.core.weakening",
        "swarm.core.hidden",
    ),
    ("swarm.core.plan_graph", "swarm.core.plan_schema"),
    ("swarm.core.patch", "swarm.core.overlap", "swarm.core.plan_estimate", "swarm.core.repository_map"),
    ("swarm.core.sequence",),
    (
        "swarm.core.baseline",
        "swarm.core.judging",
        "swarm.core.task",
        "swarm.core.branch_facts",
        "swarm.core.steering",
        "swarm.core.compaction",
        "swarm.core.lifecycle",
        "swarm.core.replans",
        "swarm.core.plan_quality",
        "swarm.core.decisions",
        "swarm.core.approval",
        "swarm.core.hedge",
    ),
    ("swarm.core.events", "swarm.core.checking", "swarm.core.project"),
    (
        "swarm.core.stimuli",
        "swarm.core.stuck",
        "swarm.core.velocity",
        "swarm.core.active_time",
        "swarm.core.durations",
        "swarm.core.prompts",
        "swarm.core.story",
        "swarm.core.wording",
        "swarm.core.accounts",
        "swarm.core.doubts",
        "swarm.core.checked_heads",
        "swarm.core.node",
    ),
    (
        "swarm.core.invariants",
        "swarm.core.patching",
        "swarm.core.plan_nodes",
        "swarm.core.reopening",
        "swarm.core.ready_queue",
    ),
    ("swarm.core.state", "swarm.core.parts", "swarm.core.transcript", "swarm.core.chronicle"),
    ("swarm.core.scopes",),
    (
        "swarm.core.requests",
        "swarm.core.followups",
        "swarm.core.planning_prompts",
        "swarm.core.parking",
        "swarm.core.budget",
    ),
    ("swarm.core.draft",),
    ("swarm.core.planner_requests",),
    ("swarm.core.endings", "swarm.core.pausing"),
    (
        "swarm.core.expansion",
        "swarm.core.ladder",
        "swarm.core.replanning",
        "swarm.core.merge_queue",
        "swarm.core.branch_checks",
        "swarm.core.people",
        "swarm.core.conclusion",
        "swarm.core.start_check",
        "swarm.core.hedging",
    ),
    ("swarm.core.scheduler", "swarm.core.plan_view", "swarm.core.pairs"),
    ("swarm.core.views", "swarm.core.figures"),
    ("swarm.core.audit", "swarm.core.recorded_objects", "swarm.core.evidence"),
    ("swarm.protocols",),
    ("swarm.journal", "swarm.llm", "swarm.tools", "swarm.workspace"),
    ("swarm.budgeting",),
    (
        "swarm.conversation",
        "swarm.probing",
        "swarm.verifier",
        "swarm.integrator",
        "swarm.executors",
        "swarm.upkeep",
    ),
    ("swarm.judges",),
    ("swarm.agent", "swarm.planner"),
    ("swarm.attempt", "swarm.control", "swarm.creation"),
    ("swarm.assembly",),
    ("swarm.opening",),
    ("swarm.baseline", "swarm.run_check"),
    ("swarm.runtime", "swarm.history"),
    ("swarm.api",),
    ("swarm.config", "swarm.display", "swarm.report", "swarm.catalogue", "swarm.doctor", "swarm.testing"),
    ("swarm.grading",),
    ("swarm.demo",),
    ("swarm.cli",),
    ("swarm.__main__",),
)
RANK = {unit: rank for rank, row in enumerate(LAYERS) for unit in row}

# The core computes and does nothing else: only modules without effects, and values that are arguments elsewhere.
PURE = {
    "base64",
    "binascii",
    "collections",
    "dataclasses",
    "enum",
    "fnmatch",
    "hashlib",
    "graphlib",
    "heapq",
    "itertools",
    "json",
    "math",
    "networkx",
    "pydantic",
    "pydantic_core",
    "re",
    "tomllib",
    "types",
    "typing",
}
EFFECTS = {"open", "print", "input", "exec", "eval", "__import__"}
HTTP_LIBRARIES = {"httpx2", "httpx", "httpx_aiohttp", "aiohttp", "aiohappyeyeballs", "httptools", "requests", "urllib3"}
HTTP_MODULES = {"swarm.llm.transport", "swarm.llm.transport_httpx", "swarm.llm.transport_httptools"}


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for path in sorted(PACKAGE.rglob("*.py")) if "_tasks" not in path.parts}
TREES = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in MODULES.items()}


def imports_of(name: str) -> Iterator[tuple[int, str]]:
    """Yield line and module of every import, wherever it stands in the file."""
    for node in ast.walk(TREES[name]):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name}:{node.lineno}: a relative import"
            for alias in node.names:
                submodule = f"{node.module}.{alias.name}"
                yield node.lineno, submodule if submodule in MODULES else str(node.module)


def unit_of(module: str) -> str:
    name = module
    while name not in RANK:
        name = name.rpartition(".")[0]
        assert name, f"{module} has no place in LAYERS"
    return name if name != "swarm" or module == "swarm" else unplaced(module)


def unplaced(module: str) -> str:
    raise AssertionError(f"{module} has no place in LAYERS; give it one, and ARCHITECTURE.md a line")


def is_ours(module: str) -> bool:
    return module.partition(".")[0] == "swarm"


def test_every_row_of_the_layers_exists() -> None:
    assert {unit for unit in RANK if unit not in MODULES} == set()


@pytest.mark.parametrize("name", MODULES)
def test_a_module_imports_only_from_layers_above_it(name: str) -> None:
    unit = unit_of(name)
    wrong = [
        f"{name}:{line} imports {imported}"
        for line, imported in imports_of(name)
        if is_ours(imported) and unit_of(imported) != unit and RANK[unit_of(imported)] >= RANK[unit]
    ]
    assert wrong == []


def test_no_import_leads_in_a_circle_deferred_ones_included() -> None:
    graph = {
        name: {imported for _, imported in imports_of(name) if is_ours(imported) and imported != name}
        for name in MODULES
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"a circle of imports: {' -> '.join(reversed(error.args[1]))}")


@pytest.mark.parametrize("name", [name for name in MODULES if name.startswith("swarm.core")])
def test_the_core_is_pure(name: str) -> None:
    outside = {imported.partition(".")[0] for _, imported in imports_of(name) if not is_ours(imported)}
    assert outside <= PURE
    called = {
        node.func.id for node in ast.walk(TREES[name]) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert called & EFFECTS == set()
    assert not any(isinstance(node, ast.AsyncFunctionDef | ast.Await) for node in ast.walk(TREES[name]))


@pytest.mark.parametrize("name", MODULES)
def test_there_are_no_imports_for_type_checkers_only(name: str) -> None:
    names = {node.id for node in ast.walk(TREES[name]) if isinstance(node, ast.Name)}
    names |= {node.attr for node in ast.walk(TREES[name]) if isinstance(node, ast.Attribute)}
    assert "TYPE_CHECKING" not in names


def test_the_transports_alone_know_the_http_libraries() -> None:
    users = {
        name for name in MODULES for _, imported in imports_of(name) if imported.partition(".")[0] in HTTP_LIBRARIES
    }
    assert users == HTTP_MODULES


def test_no_file_is_too_long() -> None:
    lengths = {name: len(path.read_text(encoding="utf-8").splitlines()) for name, path in MODULES.items()}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


@pytest.mark.parametrize("started", ["swarm", "swarm.cli", "swarm.cli.app"])
def test_a_start_loads_no_slow_library(started: str) -> None:
    program = f"import sys, {started}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout.split()
    assert started in loaded
    slow = {"rich", "pydantic", "sqlite3", "h11", *HTTP_LIBRARIES}
    assert {name for name in loaded if name.partition(".")[0] in slow} == set()
    assert len(loaded) < 400
