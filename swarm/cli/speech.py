"""What the commands say to people: on stderr, neutralised, in plain words."""

import contextlib
import sys

from swarm.text import neutralise_line


def note(text: str) -> None:
    """Say something that is good to know."""
    _say(neutralise_line(text))


def warn(text: str) -> None:
    """Say something that must not be overlooked."""
    _say(f"warning: {neutralise_line(text)}")


def _say(line: str) -> None:
    # A terminal that is gone must not end a run that goes on without it.
    with contextlib.suppress(OSError):
        sys.stderr.write(line + "\n")
        sys.stderr.flush()
