#!/usr/bin/env bash
# Run in a checkout of the result: its own tests first, then programs that it has not seen.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
export PYTHONDONTWRITEBYTECODE=1
python3 -m unittest discover -s tests -t . -q
PYTHONPATH=. python3 "$here/programs.py"
