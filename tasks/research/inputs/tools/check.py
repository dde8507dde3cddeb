"""Says whether facts and reports have the form that README.md asks for, and cite what there is; not whether they are right."""

import json
import re
import sys
from datetime import date
from pathlib import Path

INCIDENTS = Path("inputs/incidents")
CHOICES = {
    "service": {"checkout", "search", "accounts", "catalogue", "delivery"},
    "cause": {"deployment", "configuration", "capacity", "dependency", "hardware"},
    "detected_by": {"alert", "customer", "engineer"},
}
FIELDS = {"incident", "date", "minutes", "quotes", *CHOICES}
QUOTED = ("minutes", "cause", "detected_by")
PARTS = ("# Incidents of a year", "## Services", "## Causes", "## The longest", "## Noticed by customers first")


def fault_of_facts(path: Path) -> str:
    """Return what is wrong with the facts of an incident, or an empty string."""
    facts = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(facts, dict) or set(facts) != FIELDS:
        return f"its fields must be {', '.join(sorted(FIELDS))}"
    if facts["incident"] != path.stem:
        return f"incident: {facts['incident']!r} is not {path.stem!r}"
    wrong = [field for field, allowed in CHOICES.items() if facts[field] not in allowed]
    if wrong:
        return f"{wrong[0]}: {facts[wrong[0]]!r} is not one of {sorted(CHOICES[wrong[0]])}"
    if type(facts["minutes"]) is not int or facts["minutes"] < 1:
        return f"minutes: {facts['minutes']!r}"
    date.fromisoformat(facts["date"])
    report = (INCIDENTS / f"{path.stem}.md").read_text(encoding="utf-8")
    missing = [name for name in QUOTED if not _quoted(facts["quotes"], name, report)]
    return f"quotes: what is said of {missing[0]} is not in the report, word for word" if missing else ""


def _quoted(quotes: object, name: str, report: str) -> bool:
    quote = quotes.get(name) if isinstance(quotes, dict) else None
    return isinstance(quote, str) and len(quote) > 10 and quote in report


def fault_of_report(path: Path) -> str:
    """Return what is wrong with the report, or an empty string."""
    text = path.read_text(encoding="utf-8")
    missing = [part for part in PARTS if part not in text.splitlines()]
    if missing:
        return f"there is no {missing[0]!r}"
    known = {each.stem for each in INCIDENTS.glob("*.md")}
    cited = set(re.findall(r"\[(inc-\d+)\]", text))
    if cited != known:
        return f"it cites {len(cited & known)} of {len(known)} incidents, and {sorted(cited - known)} besides"
    return ""


def main(names: list[str]) -> int:
    """Look at each file that is named, or at all that there have to be."""
    paths = [Path(name) for name in names] or [
        *(Path("facts") / f"{each.stem}.json" for each in sorted(INCIDENTS.glob("*.md"))),
        Path("report.md"),
    ]
    failed = 0
    for path in paths:
        try:
            found = fault_of_report(path) if path.suffix == ".md" else fault_of_facts(path)
        except (OSError, ValueError, TypeError) as error:
            found = str(error)
        if found:
            failed += 1
            print(f"{path}: {found}")
    print(f"{len(paths) - failed} of {len(paths)} files have the right form")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
