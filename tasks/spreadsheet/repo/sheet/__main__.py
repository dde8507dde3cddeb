"""``python3 -m sheet FILE.csv``."""

import sys

from sheet.cli import main

sys.exit(main())
