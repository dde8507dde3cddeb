"""Says whether a manual page has its parts and speaks of each argument and option: ``python3 -m tools.check_page add``."""

import argparse
import re
import sys
from pathlib import Path

from notes.command_line import parser

PARTS = ("NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXIT STATUS", "EXAMPLES")


def commands() -> dict[str, argparse.ArgumentParser]:
    """Return the parser of each command."""
    (found,) = (each for each in parser()._actions if isinstance(each, argparse._SubParsersAction))
    return dict(found.choices)


def fault(name: str) -> str:
    """Return what a page lacks, or an empty string."""
    try:
        text = Path(f"man/notes-{name}.md").read_text(encoding="utf-8")
    except OSError as error:
        return str(error)
    if not text.startswith(f"# notes-{name}\n"):
        return f"its first line is not '# notes-{name}'"
    parts = re.findall(r"^## (.*)$", text, re.MULTILINE)
    if parts != list(PARTS):
        return f"its parts are {parts}, not {list(PARTS)}"
    known = {option for action in commands()[name]._actions for option in action.option_strings} - {"-h", "--help"}
    named = set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", text.split("## OPTIONS")[1].split("## EXIT STATUS")[0]))
    if named != known:
        return f"OPTIONS speaks of {sorted(named)}, not of {sorted(known)}"
    synopsis = text.split("## SYNOPSIS")[1].split("## DESCRIPTION")[0]
    missing = [each.dest for each in commands()[name]._actions if not each.option_strings and each.dest not in synopsis]
    return f"SYNOPSIS does not speak of {missing}" if missing else ""


def main(names: list[str]) -> int:
    """Look at the pages that are named, or at those of all commands."""
    faults = {name: found for name in names or sorted(commands()) if (found := fault(name))}
    for name, found in faults.items():
        print(f"notes-{name}: {found}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
