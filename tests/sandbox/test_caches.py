"""Package caches: every command reads them and may change them for itself; nobody else sees that."""

import asyncio
import os
import shutil
import subprocess
import sys
import sysconfig
from dataclasses import replace
from pathlib import Path

import pytest

from swarm import Endpoint, Swarm
from swarm.errors import ConfigError
from swarm.testing.endpoint import SimulatedEndpoint
from swarm.workspace.caches import PLACES, Cache, read_caches
from swarm.workspace.choosing import probe_bwrap, with_caches
from swarm.workspace.sandbox import Sandbox, SandboxLevel
from tests.integration.projects import as_json, file_plan, file_scenario, make_repository, run_swarm


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    folder = tmp_path / "cache of the user's"
    (folder / "wheels").mkdir(parents=True)
    (folder / "wheels/x").write_text("as it was\n")
    (folder / "wheels/x").chmod(0o600)
    folder.chmod(0o700)
    return folder


@pytest.fixture
async def sandbox(cache: Path) -> Sandbox:
    if reason := await probe_bwrap():
        pytest.skip(reason)
    showing, reason = await with_caches(Sandbox(SandboxLevel.BWRAP), read_caches({"pip": str(cache)}))
    if reason:
        pytest.skip(reason)
    return showing


def content(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("as_root", [False, True])
async def test_no_command_changes_what_another_reads(
    sandbox: Sandbox, cache: Path, tmp_path: Path, as_root: bool
) -> None:
    sandbox = replace(sandbox, as_root=as_root)
    (tmp_path / "one").mkdir()
    poison = (
        "cd ~/.cache/pip; cat wheels/x; echo poison > wheels/x; ln -s /etc/passwd wheels/link; echo new > new; "
        "mv wheels/x wheels/y; cat wheels/y; rm -rf wheels; mkdir wheels; echo other > wheels/x; cat wheels/x"
    )
    poisoned = await sandbox.run(tmp_path / "one", poison, timeout_s=20)
    assert poisoned.output == "as it was\npoison\nother\n"
    again = await sandbox.run(tmp_path / "one", "cat ~/.cache/pip/wheels/x; ls ~/.cache/pip", timeout_s=20)
    assert again.output == "as it was\nwheels\n"
    assert content(cache) == {"wheels/x": "as it was\n"}
    assert (cache / "wheels/x").stat().st_mode & 0o777 == 0o600


async def test_two_commands_at_once_do_not_see_each_other(sandbox: Sandbox, cache: Path, tmp_path: Path) -> None:
    command = (
        "cd ~/.cache/pip; echo $0 > mine; touch /workspace/{own}; "
        "while [ ! -e /workspace/{other} ]; do sleep 0.02; done; ls; echo {own} >> wheels/x; cat wheels/x"
    )
    results = await asyncio.gather(
        *(
            sandbox.run(tmp_path, command.format(own=own, other=other), timeout_s=30)
            for own, other in (("a", "b"), ("b", "a"))
        )
    )
    assert [result.output for result in results] == [f"mine\nwheels\nas it was\n{own}\n" for own in "ab"]
    assert content(cache) == {"wheels/x": "as it was\n"}


async def test_what_a_command_adds_is_bounded(sandbox: Sandbox, tmp_path: Path) -> None:
    small = replace(sandbox, limits=replace(sandbox.limits, scratch_bytes=4 * 1024 * 1024))
    result = await small.run(tmp_path, "dd if=/dev/zero of=$HOME/.cache/pip/large bs=1M count=9", timeout_s=20)
    assert "No space left on device" in result.output


async def test_pip_finds_the_cache_and_may_use_it(sandbox: Sandbox, tmp_path: Path) -> None:
    asked = "python3 -m pip cache dir && python3 -m pip cache list && test -w ~/.cache/pip"
    if "No module named pip" in (said := (await sandbox.run(tmp_path, asked, timeout_s=60)).output):
        pytest.skip("there is no pip")
    assert said.startswith("/home/agent/.cache/pip\n")
    assert "disabled" not in said


async def test_an_ordinary_user_has_them_as_well(cache: Path, tmp_path: Path) -> None:
    interpreter = f"/usr/bin/python{sys.version_info[0]}.{sys.version_info[1]}"  # everybody may read it
    if os.geteuid() != 0 or shutil.which("setpriv") is None or not Path(interpreter).exists():
        pytest.skip("only root can become somebody else, with an interpreter of the system's")
    program = (
        "import asyncio, sys\nfrom pathlib import Path\n"
        "from swarm.workspace.caches import Cache\nfrom swarm.workspace.sandbox import Sandbox, SandboxLevel\n"
        "from swarm.workspace.choosing import with_caches\n"
        "from swarm.workspace.toolchains import Toolchains\n"
        "bwrap = Sandbox(SandboxLevel.BWRAP, Toolchains('/usr/bin:/bin', ()))\n"
        "sandbox, reason = asyncio.run(with_caches(bwrap, (Cache('npm', Path(sys.argv[1])),)))\n"
        "command = 'cd ~/.npm && cat wheels/x && rm -r wheels && mkdir wheels && echo new > wheels/x && cat wheels/x'\n"
        "print(reason or asyncio.run(sandbox.run(Path(sys.argv[2]), command, timeout_s=20)).output)\n"
    )
    place = Path(f"/var/tmp/swarm-test-caches-{os.getpid()}")  # where everybody may be
    shutil.copytree(cache, place / "cache")
    (place / "work").mkdir()
    try:
        subprocess.run(["chown", "-R", "65534:65534", str(place)], check=True)
        done = subprocess.run(
            [
                *("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"),
                *(interpreter, "-c", program, str(place / "cache"), str(place / "work")),
            ],
            env={
                "PATH": "/usr/bin:/bin",
                "HOME": str(place),
                "PYTHONPATH": f"{Path(__file__).parents[2]}:{sysconfig.get_path('purelib')}",
            },
            cwd=place,
            capture_output=True,
            text=True,
            check=False,
        )
        if "No module named" in done.stderr or "PermissionError" in done.stderr:
            pytest.skip("an ordinary user cannot read swarm here")
        if done.stdout.startswith("The package caches are not used."):
            pytest.skip(done.stdout)
        assert done.stdout == "as it was\nnew\n\n", done.stderr
        assert content(place / "cache") == {"wheels/x": "as it was\n"}
    finally:
        shutil.rmtree(place)


async def test_the_config_file_names_them(sandbox: Sandbox, cache: Path, tmp_path: Path) -> None:
    assert sandbox.caches
    repository, plan = make_repository(tmp_path / "repository"), file_plan(1)
    (tmp_path / "plan.json").write_text(as_json(plan))
    checks = ("--check", "grep -q 'as it was' ~/.cache/pip/wheels/x && rm ~/.cache/pip/wheels/x")
    config = tmp_path / "config.toml"
    async with SimulatedEndpoint(file_scenario(plan)) as simulated:
        for named, code in ((f'pip = "{cache}"', 0), ('apt = "/tmp"', 3)):
            config.write_text(f'base_url = "{simulated.base_url}"\nmodel = "m"\n[caches]\n{named}\n')
            done = await asyncio.to_thread(
                run_swarm,
                *("run", "Work", "--repo", str(repository), "--plan", str(tmp_path / "plan.json"), *checks),
                *("--no-baseline", "--config", str(config), "--display", "none", "--sandbox", "bwrap"),
                home=tmp_path / "home",
            )
            assert done.returncode == code, done.stderr
    assert "there is no cache 'apt'" in done.stderr
    assert content(cache) == {"wheels/x": "as it was\n"}


async def test_a_level_that_cannot_show_them_says_so_and_does_without(cache: Path, tmp_path: Path) -> None:
    swarm = Swarm(Endpoint("http://127.0.0.1:9", model="m"), home=tmp_path, sandbox="none", caches={"pip": str(cache)})
    async with swarm:
        assert "The package caches are not used: only bubblewrap can show them" in swarm.sandbox_warnings[-1]


@pytest.mark.parametrize(
    ("named", "words"),
    [
        ({"apt": "/tmp"}, "there is no cache 'apt'"),
        ({"pip": "relative"}, "not an absolute path of a folder"),
        ({"pip": "/nowhere/at/all"}, "not an absolute path of a folder"),
    ],
)
def test_what_is_no_cache_is_refused(named: dict[str, str], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        read_caches(named)


def test_a_path_that_a_mount_would_misread_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a,upperdir=b").mkdir()
    with pytest.raises(ConfigError, match="mounts cannot take"):
        read_caches({"pip": str(tmp_path / "a,upperdir=b")})


def test_places_are_below_the_home_folder() -> None:
    assert all(not Path(Cache(kind, Path("/")).place).is_absolute() for kind in PLACES)
