"""Looks at the machine's processes, as somebody from outside would."""

import contextlib
import time
from pathlib import Path


def living(*texts: str) -> list[str]:
    """Return the command lines of living processes that hold one of the texts, or have it in their environment."""
    wanted = [text.encode() for text in texts]
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError):  # it has ended meanwhile
                command, environment = (folder / "cmdline").read_bytes(), (folder / "environ").read_bytes()
                if any(text in command or text in environment for text in wanted):
                    found.append(f"{folder.name} {command.replace(bytes(1), b' ').decode(errors='replace')}")
    return found


def still_living(*texts: str, after_s: float) -> list[str]:
    """Wait until no living process holds a text; return those which still do after so many seconds."""
    deadline = time.monotonic() + after_s
    while (found := living(*texts)) and time.monotonic() < deadline:
        time.sleep(0.02)
    return found
