"""The command line: show, ask and change a CSV file with formulas."""

from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    ``FILE`` is shown as a table. ``--cell NAME`` (repeatable) prints values only, one a line; ``--set
    NAME=TEXT`` (repeatable) enters a text first; ``--output FILE`` writes the values as CSV, or the entries
    with ``--formulas``. 0 is success; 1 means that a printed cell holds an error; 2 a wrong call or a file
    that cannot be read.
    """
    raise NotImplementedError
