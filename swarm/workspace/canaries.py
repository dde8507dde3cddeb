"""Canaries: a dozen small escapes that a sandbox must stop, tried before commands of a model run in it.

Each prints one line when it gets out. A level that cannot keep something by its nature is not asked for it, and says so
in its description; everything else is a reason not to use it.
"""

import contextlib
import os
import shlex
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from swarm.workspace.confining_launcher import SCOPES_SINCE, landlock_version
from swarm.workspace.guard import MARK
from swarm.workspace.sandbox import Sandbox, SandboxLevel
from swarm.workspace.strays import VARIABLE
from swarm.workspace.toolchains import find_toolchains

_TIMEOUT_S = 20.0
_ALIVE = "the canaries were let loose"
_OWN_NAMES = (
    f"BASH_ENV|GIT_CONFIG_NOSYSTEM|HOME|LANG|PATH|PYTHONDONTWRITEBYTECODE|TMPDIR|PWD|OLDPWD|SHLVL|_|{MARK}|{VARIABLE}"
)

_FILES = """
(cat {secret}) 2>/dev/null && out 'it shows files outside the workspace.'
(: >> {outside}/written) 2>/dev/null && out 'it can write outside the workspace.'
(ln {secret} stolen) 2>/dev/null && out 'it can link to files outside the workspace.'
(: >> /usr/swarm-probe) 2>/dev/null && out 'it can change programs of the system.'
(cat /etc/shadow) >/dev/null 2>&1 && out 'it shows the passwords of the system.'
: > written || out 'it cannot write to the workspace.'
"""
_ENVIRONMENTS = """
names=$(cat /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n' | cut -d= -f1 | grep -vxE '{names}|')
[ -z "$names" ] || out 'it shows environment variables of the host.'
"""
_SYSTEM = """
names=$(env | cut -d= -f1 | grep -vxE '{names}|')
[ -z "$names" ] || out 'it has environment variables of the host.'
(: >> /proc/sys/kernel/core_pattern) 2>/dev/null && out 'it can change settings of the kernel.'
(: >> /proc/sysrq-trigger) 2>/dev/null && out 'it can send system requests to the kernel.'
for disk in /dev/[svx]d[a-z] /dev/vd[a-z] /dev/nvme[0-9]n[0-9] /dev/mem; do
  (: < $disk) 2>/dev/null && out 'it can read disks of the machine.'
done
"""
_ENGINES = """
for control in /var/run/docker.sock /run/containerd/containerd.sock /run/podman/podman.sock; do
  [ -w $control ] && out 'it can reach the engine of containers.'
done
"""
_CONFINED = """
(unshare -U true) 2>/dev/null && out 'it can make user namespaces.'
(exec 3<> /dev/tcp/127.0.0.1/{port}) 2>/dev/null && out 'it reaches the network of the host.'
"""
_SCOPED = """
(kill -0 {process}) 2>/dev/null && out 'it can send signals to processes of the host.'
"""
_NAMESPACES = """
[ "$(readlink /proc/self/ns/net)" != '{network}' ] || out 'it shares the network of the host.'
[ "$(readlink /proc/self/ns/pid)" != '{processes}' ] || out 'it shares the processes of the host.'
"""
_TRIED = {
    SandboxLevel.BWRAP: _FILES + _ENVIRONMENTS + _SYSTEM + _ENGINES + _CONFINED + _NAMESPACES,
    SandboxLevel.LANDLOCK: _FILES + _ENVIRONMENTS + _SYSTEM + _CONFINED,
    SandboxLevel.CONTAINER: _SYSTEM + _ENGINES,
    SandboxLevel.NONE: "",
}
_NAMES = {
    SandboxLevel.BWRAP: "bubblewrap",
    SandboxLevel.LANDLOCK: "Landlock",
    SandboxLevel.CONTAINER: "the container",
    SandboxLevel.NONE: "the machine",
}


async def let_loose(sandbox: Sandbox) -> str:
    """Try the canaries of a sandbox's level.

    Returns:
        The empty string when none got out, else the reason, one sentence for a person.

    Raises:
        WorkspaceError: no command can be started.
    """
    if sandbox.level is SandboxLevel.BWRAP and shutil.which(sandbox.program) is None:
        return "bubblewrap (bwrap) is not installed."
    with _planted(sandbox.level) as (script, workspace):
        tried = replace(sandbox, toolchains=find_toolchains("", home=Path.home()))
        result = await tried.run(workspace, script, timeout_s=_TIMEOUT_S)
    said = result.output.strip()
    if result.exit_code == 0 and said == _ALIVE:
        return ""
    what = said.removesuffix(_ALIVE).strip().split("\n")[0] or f"its canaries ended with code {result.exit_code}."
    return f"{_NAMES[sandbox.level]} runs, but {what}"


@contextmanager
def _planted(level: SandboxLevel) -> Iterator[tuple[str, Path]]:
    """Plant what must not be found; give the script that looks for it, and its workspace."""
    folder = Path(tempfile.mkdtemp(prefix="swarm-probe-"))
    try:
        outside, workspace = folder / "outside", folder / "workspace"
        outside.mkdir()
        workspace.mkdir()
        (outside / "secret").write_text("swarm-canary")
        with socket.create_server(("127.0.0.1", 0)) as server:
            scoped = level is SandboxLevel.LANDLOCK and landlock_version() >= SCOPES_SINCE
            looks = (_TRIED[level] + _SCOPED * scoped).format(
                secret=shlex.quote(str(outside / "secret")),
                outside=shlex.quote(str(outside)),
                names=_OWN_NAMES,
                process=os.getpid(),
                port=server.getsockname()[1],
                network=_namespace("net"),
                processes=_namespace("pid"),
            )
            yield f'out() {{ echo "$1"; exit 1; }}\n{looks}\necho "{_ALIVE}"', workspace
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _namespace(kind: str) -> str:
    with contextlib.suppress(OSError):
        return str(Path(f"/proc/self/ns/{kind}").readlink())
    return "unknown"
