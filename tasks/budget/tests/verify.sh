#!/usr/bin/env bash
# Run in a checkout of the result: the form of all pages, then every example against the command line.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
export PYTHONDONTWRITEBYTECODE=1
python3 -m tools.check_page
PYTHONPATH=. python3 "$here/examples.py"
