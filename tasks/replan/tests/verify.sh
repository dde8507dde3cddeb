#!/usr/bin/env bash
# Run in a checkout of the result: its own tests, the report of data/, then other files of the same formats.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
export PYTHONDONTWRITEBYTECODE=1
python3 -m unittest discover -s tests -t . -q
diff "$here/report.txt" <(python3 -m meters.report)
PYTHONPATH=. python3 "$here/files.py"
