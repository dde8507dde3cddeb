"""Compares labels with those that people gave."""

import csv
import json
import sys
from pathlib import Path

table, labels = Path(sys.argv[1]), Path(sys.argv[2])
wrong = []
with table.open(encoding="utf-8", newline="") as file:
    for expected in csv.DictReader(file, delimiter="\t"):
        ticket = expected.pop("ticket")
        given = json.loads((labels / f"{ticket}.json").read_text(encoding="utf-8"))
        wrong += [f"{ticket}: {field} is {given[field]!r}" for field in expected if given[field] != expected[field]]
print("\n".join(wrong[:20]) if wrong else "every label agrees")
sys.exit(1 if wrong else 0)
