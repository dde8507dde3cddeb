"""Compares facts and the report's numbers with what the incidents were."""

import csv
import json
import re
import sys
from collections import defaultdict
from pathlib import Path

with open(sys.argv[1], encoding="utf-8", newline="") as file:
    truth = {row["incident"]: row for row in csv.DictReader(file, delimiter="\t")}
wrong = []
for name, expected in truth.items():
    given = json.loads(Path(f"facts/{name}.json").read_text(encoding="utf-8"))
    wrong += [f"{name}: {field} is {given[field]!r}" for field in expected if str(given[field]) != expected[field]]


def cited(text: str) -> set[str]:
    """Return the incidents that a piece of the report cites."""
    return set(re.findall(r"\[(inc-\d+)\]", text))


def section(title: str) -> str:
    """Return what is below a heading of the report."""
    return re.split(r"^## ", report.split(f"\n## {title}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]


report = Path("report.md").read_text(encoding="utf-8")
for title, field in (("Services", "service"), ("Causes", "cause")):
    groups = defaultdict(set)
    for name, row in truth.items():
        groups[row[field]].add(name)
    rows = re.findall(r"^\| (\w+) \| (\d+) \| (\d+) \| (.*) \|$", section(title), re.MULTILINE)
    if [row[0] for row in rows] != sorted(groups):
        wrong.append(f"report, {title}: the lines are {[row[0] for row in rows]}")
    for group, count, minutes, which in rows:
        members = groups[group]
        if (int(count), int(minutes)) != (len(members), sum(int(truth[name]["minutes"]) for name in members)):
            wrong.append(f"report, {title}: {group} has {count} incidents and {minutes} minutes")
        if cited(which) != members:
            wrong.append(f"report, {title}: {group} cites others")
longest = sorted(truth.values(), key=lambda row: -int(row["minutes"]))[:3]
lines = re.findall(r"^\d\. (\d+) minutes of (\w+): (\w+) \[(inc-\d+)\]$", section("The longest"), re.MULTILINE)
if lines != [(row["minutes"], row["service"], row["cause"], row["incident"]) for row in longest]:
    wrong.append(f"report, The longest: {lines}")
first = {name for name, row in truth.items() if row["detected_by"] == "customer"}
last = section("Noticed by customers first")
if cited(last) != first or f"{len(first)} of {len(truth)}:" not in last:
    wrong.append("report, Noticed by customers first")
print("\n".join(wrong[:20]) if wrong else "every fact and every number is right")
sys.exit(1 if wrong else 0)
