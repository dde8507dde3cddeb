"""Shared fixtures."""

import sys
from pathlib import Path

# Helper modules of a test folder (worlds.py, servers.py) are imported by their plain names.
for folder in Path(__file__).parent.iterdir():
    if folder.is_dir() and not folder.name.startswith((".", "_")):
        sys.path.append(str(folder))
