"""Says whether labels have the form that GUIDELINES.md asks for; not whether they are right."""

import json
import re
import sys
from pathlib import Path

CHOICES = {
    "component": {"billing", "login", "search", "export", "notifications"},
    "kind": {"bug", "question", "request"},
    "severity": {"low", "medium", "high"},
}


def fault(path: Path) -> str:
    """Return what is wrong with a label, or an empty string."""
    try:
        label = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        return str(error)
    if not isinstance(label, dict) or set(label) != {"account", *CHOICES}:
        return "its fields must be account, component, kind and severity"
    if not re.fullmatch(r"AC-[0-9]{5}", str(label["account"])):
        return f"account: {label['account']!r}"
    wrong = [field for field, allowed in CHOICES.items() if label[field] not in allowed]
    return "; ".join(f"{field}: {label[field]!r} is not one of {sorted(CHOICES[field])}" for field in wrong)


def main(arguments: list[str]) -> int:
    """Look at the labels that are named, or at that of every ticket."""
    paths = [Path(name) for name in arguments] or [
        Path("labels") / f"{ticket.stem}.json" for ticket in sorted(Path("tickets").glob("*.txt"))
    ]
    faults = {path: found for path in paths if (found := fault(path))}
    for path, found in list(faults.items())[:10]:
        print(f"{path}: {found}")
    print(f"{len(paths) - len(faults)} of {len(paths)} labels have the right form")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
