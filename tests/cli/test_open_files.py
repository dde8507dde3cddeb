"""The limit of open files that many systems begin with is too low for hundreds of agents."""

import subprocess
import sys

PROGRAM = """
import resource
from swarm.cli.driving import allow_many_files
hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (200, min(hard, 5_000)))
allow_many_files()
print(resource.getrlimit(resource.RLIMIT_NOFILE) == (min(hard, 5_000),) * 2)
allow_many_files()
print(resource.getrlimit(resource.RLIMIT_NOFILE)[0] == min(hard, 5_000))
"""


def test_the_limit_is_raised_as_far_as_the_process_may() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "True"]
