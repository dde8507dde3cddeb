"""Which folders a search path makes visible."""

from pathlib import Path

import pytest

from swarm.workspace.toolchains import SYSTEM_SEARCH_PATH, find_toolchains


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    home.mkdir()
    return home


def program(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def folders(search_path: str, home: Path) -> list[str]:
    return [str(folder.relative_to(home.parent)) for folder in find_toolchains(search_path, home=home).folders]


def test_the_system_needs_nothing(home: Path) -> None:
    found = find_toolchains("/usr/bin:/bin:relative:/nonexistent", home=home)
    assert found.folders == ()
    assert found.search_path.split(":")[0] == "/usr/bin"
    assert set(SYSTEM_SEARCH_PATH.split(":")) <= set(found.search_path.split(":"))
    assert "relative" not in found.search_path


def test_a_virtual_environment_brings_its_interpreter(home: Path) -> None:
    interpreter = program(home / ".pyenv/versions/3.12.1/bin/python3.12")
    (interpreter.parent.parent / "lib").mkdir()
    environment = home / "project/.venv"
    (environment / "bin").mkdir(parents=True)
    (environment / "pyvenv.cfg").touch()
    (environment / "bin/python").symlink_to(interpreter)
    assert folders(f"{environment}/bin", home) == ["home/.pyenv/versions/3.12.1", "home/project/.venv"]


@pytest.mark.parametrize("folder", ["bin", ".local/bin", ".cargo/bin", "checkout/bin"])
def test_home_and_checkouts_show_their_programs_only(home: Path, folder: str) -> None:
    program(home / folder / "tool")
    for private in ("lib", ".local/lib", "checkout/lib", "checkout/.git"):
        (home / private).mkdir(parents=True, exist_ok=True)
    (home / ".cargo").mkdir(exist_ok=True)
    (home / ".cargo/credentials.toml").touch()
    assert folders(f"{home}/{folder}", home) == [f"home/{folder}"]


def test_shims_are_replaced_by_the_chosen_version(home: Path) -> None:
    manager = home / ".pyenv"
    program(manager / "shims/python")
    program(manager / "versions/3.12.1/bin/python")
    (manager / "versions/3.12.1/lib").mkdir()
    (manager / "version").write_text("3.12.1\nsystem\n")
    found = find_toolchains(f"{manager}/shims", home=home)
    assert found.search_path.split(":")[0] == f"{manager}/versions/3.12.1/bin"
    assert folders(f"{manager}/shims", home) == ["home/.pyenv/versions/3.12.1"]


def test_rustup_gives_its_default_toolchain(home: Path) -> None:
    (home / ".cargo/bin/cargo").parent.mkdir(parents=True)
    (home / ".cargo/bin/cargo").symlink_to(program(home / ".cargo/bin/rustup"))
    program(home / ".rustup/toolchains/stable-x/bin/cargo")
    (home / ".rustup/toolchains/stable-x/lib").mkdir()
    (home / ".rustup/settings.toml").write_text('default_toolchain = "stable-x"\n')
    chosen, proxies = f"{home}/.rustup/toolchains/stable-x/bin", f"{home}/.cargo/bin"
    assert find_toolchains(proxies, home=home).search_path == f"{chosen}:{SYSTEM_SEARCH_PATH}"
    assert folders(proxies, home) == ["home/.rustup/toolchains/stable-x"]
    program(home / ".cargo/bin/tool")
    assert find_toolchains(proxies, home=home).search_path.split(":")[:2] == [chosen, proxies]
    assert folders(proxies, home) == ["home/.cargo/bin", "home/.rustup/toolchains/stable-x"]


def test_folders_of_which_nothing_would_work_are_left_out(home: Path) -> None:
    (home / ".pyenv/bin").mkdir(parents=True)
    (home / ".pyenv/bin/pyenv").symlink_to(program(home / ".pyenv/scripts/pyenv"))
    (home / "gone/bin").mkdir(parents=True)
    (home / "gone/bin/tool").symlink_to(home / "nowhere")
    (home / "empty/bin").mkdir(parents=True)
    search_path = ":".join(f"{home}/{name}/bin" for name in (".pyenv", "gone", "empty"))
    assert find_toolchains(search_path, home=home).search_path == SYSTEM_SEARCH_PATH
    assert folders(search_path, home) == []
    program(home / "gone/bin/script")
    assert folders(search_path, home) == ["home/gone/bin"]


def test_a_link_to_a_home_folder_does_not_show_it(home: Path) -> None:
    (home / "lib").mkdir()
    program(home / "bin/tool")
    tools = home.parent / "tools"
    (tools / "bin").mkdir(parents=True)
    (tools / "lib").mkdir()
    (tools / "bin/tool").symlink_to(home / "bin/tool")
    assert folders(f"{tools}/bin", home) == ["home/bin", "tools"]
