"""What the commands say to people: on stderr, neutralised, in plain words."""

import sys

from swarm.text import neutralise_line


def note(text: str) -> None:
    """Say something that is good to know."""
    print(neutralise_line(text), file=sys.stderr)  # noqa: T201


def warn(text: str) -> None:
    """Say something that must not be overlooked."""
    print(f"warning: {neutralise_line(text)}", file=sys.stderr)  # noqa: T201
