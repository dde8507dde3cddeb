#!/usr/bin/env bash
# Run in a checkout of the result: the form of everything, then each fact, and each number of the report.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
export PYTHONDONTWRITEBYTECODE=1
(cd inputs && sha256sum --quiet --check "$here/inputs.sha256")
python3 inputs/tools/check.py
python3 "$here/compare.py" "$here/facts.tsv"
