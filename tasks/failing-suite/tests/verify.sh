#!/usr/bin/env bash
# Run in a checkout of the result: its own tests must be the ones that it began with and pass; then other values.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
export PYTHONDONTWRITEBYTECODE=1
(cd tests && sha256sum --quiet --check "$here/tests.sha256")
python3 -m unittest discover -s tests -t . -q
PYTHONPATH=. python3 "$here/values.py"
