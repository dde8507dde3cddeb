"""Hundreds of coding agents on one long engineering task: planned, verified, merged, resumable after any crash.

The public names load when they are first used, so that the command line starts fast; ``__init__.pyi`` tells type
checkers the same.
"""

import importlib
from typing import Any

__version__ = "0.1.0"

_HOMES = {
    "Endpoint": "swarm.llm",
    "Limits": "swarm.core.limits",
    "Plan": "swarm.core.plan",
    "Run": "swarm.api",
    "RunResult": "swarm.runtime",
    "Subtask": "swarm.core.plan",
    "Swarm": "swarm.api",
    "SwarmError": "swarm.errors",
    "Task": "swarm.core.task",
    "ToolContext": "swarm.protocols",
    "run_sync": "swarm.api",
    "tool": "swarm.tools.definition",
}

__all__ = [*sorted(_HOMES), "__version__"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'swarm' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return __all__
