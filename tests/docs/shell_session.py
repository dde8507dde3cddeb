"""A temporary home, project and endpoint in which the commands of a page are run."""

import asyncio
import json
import os
import re
import signal
import sys
from dataclasses import dataclass, field
from pathlib import Path

from swarm.testing.endpoint import SimulatedEndpoint
from tests.docs.pages import ROOT, words

_ADDRESS = re.compile(r"https?://[\w.-]+(?::\d+)?(?:/v1\b)?")
_ASSIGNMENT = re.compile(r"(?:export )?([A-Z_]+)=(\S*)$")
COMMAND_S = 90


@dataclass(slots=True)
class ShellSession:
    """Runs commands one after the other, in a project of their own, and remembers folder and variables.

    Every address in a command is replaced by that of a simulated endpoint.
    """

    folder: Path
    endpoint: SimulatedEndpoint
    sandboxed: bool
    environment: dict[str, str] = field(default_factory=dict)
    current: Path = field(init=False)
    served: dict[str, str] = field(default_factory=dict)
    background: list[asyncio.subprocess.Process] = field(default_factory=list)

    async def prepare(self) -> None:
        """Make the home, the project and a ``swarm`` on the search path."""
        programs = self.folder / "programs"
        programs.mkdir()
        command = programs / "swarm"
        command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m swarm "$@"\n')
        command.chmod(0o755)
        (self.folder / "gitconfig").write_text(
            "[user]\nname = Somebody\nemail = somebody@example.org\n[init]\ndefaultBranch = main\n"
        )
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("OPENAI_", "SWARM_", "GIT_"))}
        search_path = os.pathsep.join((str(programs), str(Path(sys.executable).parent), os.environ["PATH"]))
        self.environment = kept | {
            "PATH": search_path,
            "PYTHONPATH": str(ROOT),
            "HOME": str(self.folder),
            "SWARM_HOME": str(self.folder / "home"),
            "XDG_CONFIG_HOME": str(self.folder / "config"),
            "GIT_CONFIG_GLOBAL": str(self.folder / "gitconfig"),
        }
        self.current = self.folder / "project"
        self.current.mkdir()
        (self.current / "README.md").write_text("A project.\n")
        (self.current / "tests").mkdir()
        (self.current / "tests" / "test_project.py").write_text("def test_nothing() -> None:\n    assert True\n")
        (self.current / "tasks").symlink_to(ROOT / "tasks")  # the commands of a page may be typed in a clone of swarm
        (self.current / ".gitignore").write_text("/tasks\n")
        await self.run("git init --quiet && git add --all && git commit --quiet --message=Start")

    async def run(self, command: str) -> tuple[int, str, str]:
        """Run a command with bash and return its exit code, what it printed, and what it said on stderr."""
        command = self._placed(command)
        process = await asyncio.create_subprocess_exec(
            "bash",
            "-c",
            command,
            cwd=self.current,
            env=self.environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        try:
            async with asyncio.timeout(COMMAND_S):
                out, err = await process.communicate()
        except TimeoutError:
            os.killpg(process.pid, signal.SIGKILL)
            raise
        assert process.returncode is not None
        return process.returncode, out.decode(), err.decode()

    def set_or_enter(self, command: str) -> bool:
        """Carry out a ``cd`` or an assignment for the commands that follow; False for anything else."""
        found = words(command)
        if found[0] == "cd":
            self.current = (self.current / found[1]).resolve()
            return True
        assignments = [_ASSIGNMENT.match(word) for word in found if word != "export"]
        if not all(assignments):
            return False
        for assignment in filter(None, assignments):
            self.environment[assignment[1]] = self._placed(assignment[2])
        return True

    async def serve(self, command: str) -> None:
        """Start a ``swarm simulate`` in the background, on a free port, and wait until it serves."""
        arguments = words(command)
        at = arguments.index("--port") + 1
        wanted, arguments[at] = f"http://127.0.0.1:{arguments[at]}/v1", "0"
        process = await asyncio.create_subprocess_exec(
            str(self.folder / "programs" / "swarm"),
            *arguments[1:],
            cwd=self.current,
            env=self.environment,
            stdout=asyncio.subprocess.PIPE,
        )
        self.background.append(process)
        assert process.stdout is not None
        async with asyncio.timeout(COMMAND_S):
            ready = (await process.stdout.readline()).decode().split()
        assert ready[:1] == ["READY"], command
        self.served[wanted] = ready[1]

    async def close(self) -> None:
        """Stop what was started in the background."""
        for process in self.background:
            process.terminate()
            await process.communicate()

    def _placed(self, command: str) -> str:
        command = _ADDRESS.sub(lambda found: self.served.get(found[0], self.endpoint.base_url), command)
        if not self.sandboxed and re.match(r"swarm (run|resume|doctor)\b", command) and "--sandbox" not in command:
            command = re.sub(r"^swarm (run|resume|doctor)", r"swarm \1 --sandbox none", command)
        return command

    async def keys(self, command: str) -> set[str]:
        """Return the keys of the last JSON object that a command prints."""
        code, out, err = await self.run(command)
        assert code == 0, err
        return set(json.loads(out.splitlines()[-1]))
