"""How a sandboxed command finds the proxy to the hosts that its task allows."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from swarm.workspace import forwarder

_SOCKET = "/run/swarm/proxy"
_PROGRAM = "/run/swarm/forwarder.py"
_PORT = 3128
_HERE = "localhost,127.0.0.1,::1"


@dataclass(frozen=True, slots=True)
class WayOut:
    """What a command needs for it; all empty for one that has no way out.

    Attributes:
        prefix: what comes before the command line inside.
        environment: variables that tell programs of the proxy.
        readable: what must be visible for that, at its own path.
        shown_as: what must be visible elsewhere.
    """

    prefix: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    readable: tuple[Path, ...] = ()
    shown_as: Mapping[Path, str] = field(default_factory=dict)

    @classmethod
    def through(cls, proxy: Path | None) -> Self:
        """Return the way out through a proxy's socket, or none."""
        if proxy is None:
            return cls()
        interpreter = os.path.realpath(sys.executable)
        address = f"http://127.0.0.1:{_PORT}"
        names = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
        addresses = {name: address for upper in names for name in (upper, upper.lower())}
        return cls(
            (interpreter, "-I", "-S", _PROGRAM, _SOCKET, str(_PORT)),
            {**addresses, "NO_PROXY": _HERE, "no_proxy": _HERE},
            (Path(os.path.realpath(sys.base_prefix)),),
            {proxy: _SOCKET, Path(forwarder.__file__): _PROGRAM},
        )
