#!/usr/bin/env bash
# Run in a checkout of the result: the form of all labels, then each against the one that people gave.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
python3 tools/check_label.py
python3 "$here/compare.py" "$here/labels.tsv" labels
