"""Every example of every page has to be a command line that the command takes; every help text has to be told."""

import contextlib
import io
import re
import shlex
import sys
from pathlib import Path

from notes.command_line import parser

COMMANDS = "add list show edit delete restore search tag export import sync stats".split()


def taken(line: str) -> bool:
    """Whether the command line is one that notes takes."""
    with contextlib.redirect_stderr(io.StringIO()):
        try:
            parser().parse_args(shlex.split(line)[1:])
        except SystemExit:
            return False
    return True


wrong = []
for name in COMMANDS:
    text = Path(f"man/notes-{name}.md").read_text(encoding="utf-8")
    examples = re.findall(rf"^\W*(notes {name}\b[^`\n]*)", text.split("## EXAMPLES")[1], re.MULTILINE)
    if len(set(examples)) < 2:
        wrong.append(f"notes-{name}: {len(examples)} examples")
    wrong += [f"notes-{name}: this is not taken: {line}" for line in examples if not taken(line)]
    status = text.split("## EXIT STATUS")[1].split("## EXAMPLES")[0]
    if not all(re.search(rf"\b{code}\b", status) for code in (0, 1, 2)):
        wrong.append(f"notes-{name}: EXIT STATUS does not speak of 0, 1 and 2")
    if f"notes {name}" not in text.split("## SYNOPSIS")[1].split("## DESCRIPTION")[0]:
        wrong.append(f"notes-{name}: SYNOPSIS is not one")
print("\n".join(wrong) if wrong else f"the examples of {len(COMMANDS)} pages are taken")
sys.exit(1 if wrong else 0)
