"""A workspace that is just a folder."""

from dataclasses import dataclass
from pathlib import Path

from swarm.protocols import CommandResult
from swarm.workspace.files import WorkspaceFiles
from swarm.workspace.sandbox import Sandbox


@dataclass
class FolderWorkspace:
    root: Path
    sandbox: Sandbox

    @property
    def files(self) -> WorkspaceFiles:
        return WorkspaceFiles(self.root)

    async def run(self, command: str, *, timeout_s: float) -> CommandResult:
        return await self.sandbox.run(self.root, command, timeout_s=timeout_s)

    async def snapshot(self) -> str:
        raise NotImplementedError

    @property
    def confined(self) -> bool:
        return self.sandbox.confined
