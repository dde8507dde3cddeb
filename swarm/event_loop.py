"""The event loop that runs are driven on: uvloop's where the extra ``fast`` has installed it, else asyncio's own."""

import asyncio
from collections.abc import Callable, Coroutine
from importlib.util import find_spec
from typing import Any, TypeVar

_Result = TypeVar("_Result")

_HAS_UVLOOP = find_spec("uvloop") is not None


def run_in_loop(main: Coroutine[Any, Any, _Result]) -> _Result:
    """Run a coroutine to its end, as :func:`asyncio.run` does, on the cheaper loop where there is one."""
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        return runner.run(main)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    if not _HAS_UVLOOP:
        return None
    import uvloop

    return uvloop.new_event_loop
