"""Every way that is known to make git execute something: it works with plain git, and does nothing on the host.

Each attack is planted in an agent's workspace, and its control shows that it bites: plain git, run as a person would
run it in a copy of that folder, executes the canary. Then the host does all that it ever does with a workspace, down to
the merge into the user's own branch, and the canary must be silent.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from swarm.workspace.clone_workspace import CloneWorkspace
from swarm.workspace.publication import merge_into_user_branch, publish
from tests.workspace.sources import Canary, Scene, new_scene, plain_git, write_files

Plant = Callable[[Path, Canary], None]
Command = tuple[str, ...]


@dataclass(frozen=True)
class Attack:
    """How something is planted below a working tree, and plain git commands that fall for it."""

    name: str
    plant: Plant
    control: tuple[Command, ...]
    below: str = "."


def settings(**values: str) -> Plant:
    """Return what writes settings into the clone's own configuration; ``{}`` stands for the canary."""

    def plant(folder: Path, canary: Canary) -> None:
        for key, value in values.items():
            plain_git(folder, "config", key.replace("__", ".").replace("_", "-"), value.format(canary.program))

    return plant


def both(*plants: Plant) -> Plant:
    def plant(folder: Path, canary: Canary) -> None:
        for one in plants:
            one(folder, canary)

    return plant


def files(**texts: str) -> Plant:
    return lambda folder, _: write_files(folder, {name.replace("__", "."): text for name, text in texts.items()})


def attributes(line: str) -> Plant:
    return lambda folder, _: write_files(folder, {".gitattributes": f"{line}\n", "src/a.py": "a = 7\n"})


def hooks(folder: Path, canary: Canary) -> None:
    shutil.copytree(canary.hooks, folder / ".git/hooks", dirs_exist_ok=True)


def tracked_hooks(folder: Path, canary: Canary) -> None:
    shutil.copytree(canary.hooks, folder / ".husky", symlinks=False)
    plain_git(folder, "config", "core.hooksPath", ".husky")


def git_file(folder: Path, canary: Canary) -> None:
    """A ``.git`` file that leads to a repository of the agent's own."""
    (folder / ".git").rename(folder / "own")
    (folder / ".git").write_text("gitdir: own\n")
    plain_git(folder, "config", "core.fsmonitor", str(canary.program))


def bare_inside(folder: Path, canary: Canary) -> None:
    plain_git(folder, "init", "-q", "--bare", "inner")
    plain_git(folder / "inner", "config", "core.bare", "false")
    plain_git(folder / "inner", "config", "core.worktree", "..")
    plain_git(folder / "inner", "config", "core.fsmonitor", str(canary.program))


def is_bare_itself(folder: Path, canary: Canary) -> None:
    shutil.rmtree(folder / ".git")
    plain_git(folder, "init", "-q", "--bare", ".")
    plain_git(folder, "config", "core.fsmonitor", str(canary.program))
    plain_git(folder, "config", "core.bare", "false")
    plain_git(folder, "config", "core.worktree", ".")


def included(folder: Path, canary: Canary) -> None:
    write_files(folder, {"harmless.txt": f'[core]\n\tfsmonitor = "{canary.program}"\n'})
    plain_git(folder, "config", "include.path", "../harmless.txt")


def included_if(folder: Path, canary: Canary) -> None:
    write_files(folder, {"harmless.txt": f'[core]\n\tfsmonitor = "{canary.program}"\n'})
    plain_git(folder, "config", "includeIf.gitdir:**.path", "../harmless.txt")


def merge_driver(folder: Path, canary: Canary) -> None:
    plain_git(folder, "config", "merge.evil.driver", f"{canary.program} %A")
    write_files(folder, {".gitattributes": "* merge=evil\n"})
    for branch, text in (("left", "a = 2\n"), ("right", "a = 3\n")):
        plain_git(folder, "checkout", "-q", "-b", branch, "work")
        write_files(folder, {"src/a.py": text})
        plain_git(folder, "commit", "-q", "-am", branch)


def submodule(folder: Path, canary: Canary) -> None:
    plain_git(folder, "init", "-q", "sub")
    plain_git(folder / "sub", "commit", "-q", "--allow-empty", "-m", "x")
    inner = plain_git(folder / "sub", "rev-parse", "HEAD")
    plain_git(folder, "update-index", "--add", "--cacheinfo", f"160000,{inner},sub")
    write_files(folder, {".gitmodules": '[submodule "sub"]\n\tpath = sub\n\turl = ./sub\n'})
    plain_git(folder, "config", "submodule.sub.url", str(folder / "sub"))
    plain_git(folder, "config", "submodule.sub.active", "true")
    plain_git(folder, "config", "submodule.sub.update", f"!{canary.program}")
    plain_git(folder / "sub", "commit", "-q", "--allow-empty", "-m", "y")


def submodule_with_a_monitor(folder: Path, canary: Canary) -> None:
    submodule(folder, canary)
    plain_git(folder, "config", "--unset", "submodule.sub.update")
    plain_git(folder / "sub", "config", "core.fsmonitor", str(canary.program))


def remote(url: str, **more: str) -> Plant:
    return settings(remote__origin__url=url, **more)


COMMIT = ("commit", "-q", "--allow-empty", "-m", "x")
STATUS = ("status",)
ADD = ("add", "-A")
ATTACKS = (
    Attack("hooks", hooks, (COMMIT,)),
    Attack("hooks that are tracked", tracked_hooks, (COMMIT,)),
    Attack("fsmonitor", settings(core__fsmonitor="{}"), (STATUS,)),
    Attack("clean filter", both(settings(filter__evil__clean="{}"), attributes("* filter=evil")), (ADD,)),
    Attack(
        "process filter",
        both(settings(filter__evil__process="{}", filter__evil__required="true"), attributes("* filter=evil")),
        (ADD,),
    ),
    Attack(
        "smudge filter",
        both(settings(filter__evil__smudge="{}"), attributes("* filter=evil")),
        (("checkout", "-q", "--", "src/a.py"),),
    ),
    Attack("external diff", both(settings(diff__external="{}"), attributes("# none")), (("diff",),)),
    Attack("textconv", both(settings(diff__evil__textconv="{}"), attributes("* diff=evil")), (("diff",),)),
    Attack("diff driver", both(settings(diff__evil__command="{}"), attributes("* diff=evil")), (("diff",),)),
    Attack("merge driver", merge_driver, (("merge", "-q", "left"),)),
    Attack(".git file", git_file, (STATUS,)),
    Attack("bare repository inside", bare_inside, (STATUS,), below="inner"),
    Attack("workspace that is bare itself", is_bare_itself, (STATUS,)),
    Attack("include.path", included, (STATUS,)),
    Attack("includeIf", included_if, (STATUS,)),
    Attack("gpg program", settings(gpg__program="{}", commit__gpgSign="true"), (COMMIT,)),
    Attack("editor", settings(core__editor="{}"), (("commit", "--allow-empty"),)),
    Attack("ssh command", remote("ssh://nowhere.invalid/x", core__sshCommand="{}"), (("fetch", "origin"),)),
    Attack("ext transport", remote("ext::{}", protocol__ext__allow="always"), (("fetch", "origin"),)),
    Attack("upload-pack", remote(".", remote__origin__uploadpack="{}"), (("fetch", "origin"),)),
    Attack("commands for alternates", remote(".", core__alternateRefsCommand="{}"), (("fetch", "origin"),)),
    Attack(
        "credential helper",
        settings(credential__helper="!{}"),
        (("-c", "alias.x=!printf 'protocol=https\\nhost=h\\n\\n' | git credential fill", "x"),),
    ),
    Attack("submodule update", submodule, (("submodule", "update"),)),
    Attack("monitor of a submodule", submodule_with_a_monitor, (STATUS,)),
    Attack("trailer command", settings(trailer__x__command="{}"), (("interpret-trailers", "--trailer", "x=1"),)),
)

# In the repository that is worked on these would make another one of it, or need the branch of a workspace.
OF_A_WORKSPACE = (".git file", "bare repository inside", "workspace that is bare itself", "merge driver")


@pytest.fixture
async def scene(tmp_path: Path) -> Scene:
    return await new_scene(tmp_path)


async def host_does_everything(scene: Scene, workspace: CloneWorkspace) -> None:
    """All that the host does with a workspace and its results."""
    write_files(workspace.folder, {"touched.py": "1\n"})
    tree = await workspace.snapshot()
    commit = await scene.intake.commit("one", tree=tree, parent=scene.base, message="one\n")
    assert "touched.py" in await scene.run.changed_paths(scene.base, commit)
    await scene.run.diff(scene.base, commit)
    await scene.run.outline(commit)
    merged = await scene.run.merge(commit, head=scene.base, message="one\n")
    other = await scene.commit("two", {"src/a.py": "a = 9\n"})
    await scene.run.merge(other, head=merged.head, message="two\n")
    head = await scene.run.head()
    await scene.new_workspaces().open("one", base_commit=scene.base, tree=tree)
    await scene.workspaces.checkout(head, name="check")
    user = await scene.source.inspect()
    assert (await publish(scene.run, user)).commit == head
    await merge_into_user_branch(scene.run, user, branch="refs/heads/main", message="merge\n")
    await scene.run.take_out(merged.head, head=head, message="out\n")
    await scene.workspaces.close("one")


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
async def test_the_host_executes_nothing(scene: Scene, tmp_path: Path, attack: Attack) -> None:
    canary = Canary(tmp_path / "canary")
    workspace = await scene.workspaces.open("one", base_commit=scene.base)
    attack.plant(workspace.folder, canary)
    canary.forget()  # some attacks have to be planted with git
    bitten = tmp_path / "bitten"
    shutil.copytree(workspace.folder, bitten, symlinks=True)
    for command in attack.control:
        plain_git(bitten / attack.below, *command, check=False)
    assert canary.sang, f"plain git did not fall for it: {attack.control}"
    canary.forget()
    await host_does_everything(scene, workspace)
    canary.assert_silent()


@pytest.mark.parametrize(
    "attack",
    [attack for attack in ATTACKS if attack.name not in OF_A_WORKSPACE],
    ids=lambda attack: attack.name,
)
async def test_the_repository_that_is_worked_on_may_be_a_trap_as_well(
    scene: Scene, tmp_path: Path, attack: Attack
) -> None:
    canary = Canary(tmp_path / "canary")
    folder = scene.source.folder
    attack.plant(folder, canary)
    canary.forget()
    workspace = await scene.workspaces.open("one", base_commit=scene.base)
    (folder / "src/a.py").write_text("a = 1\n")
    await host_does_everything_but_merge(scene, workspace)
    canary.assert_silent()


async def host_does_everything_but_merge(scene: Scene, workspace: CloneWorkspace) -> None:
    write_files(workspace.folder, {"touched.py": "1\n"})
    tree = await workspace.snapshot()
    commit = await scene.intake.commit("one", tree=tree, parent=scene.base, message="one\n")
    merged = await scene.run.merge(commit, head=scene.base, message="one\n")
    user = await scene.source.inspect()
    assert (await publish(scene.run, user)).commit == merged.head
    await merge_into_user_branch(scene.run, user, branch="refs/heads/main", message="merge\n")
