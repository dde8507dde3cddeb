#!/usr/bin/env bash
# Run in a checkout of the result: its own tests, then files of every format, and files that only look like one.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
export PYTHONDONTWRITEBYTECODE=1
if grep -rnE "add_format|read_head|_old_formats" --include="*.py" sniff; then
    echo "verify: the old interface is still there" >&2
    exit 1
fi
python3 -m tools.migrated
python3 -m unittest discover -s tests -t . -q
PYTHONPATH=. python3 "$here/files.py"
