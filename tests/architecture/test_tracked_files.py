"""What lies in the repository was written for it: no build, download or profile that happened to lie about."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LARGEST_BYTES = 512 * 1024


def test_no_tracked_file_is_large() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("this is no git checkout")
    files = [ROOT / name for name in listed.stdout.split("\0") if name]
    assert files
    assert [file.name for file in files if file.is_file() and file.stat().st_size > LARGEST_BYTES] == []
