import asyncio
import os
import time
from pathlib import Path

import pytest

from swarm.errors import GitError, RepositoryError, WorkspaceError, is_systemic
from swarm.workspace.git import Git
from swarm.workspace.user_repository import inspect_user_repository
from tests.workspace.sources import Canary, Source, is_alive, plain_git, until


@pytest.fixture
def source(tmp_path: Path) -> Source:
    return Source(tmp_path / "user")


@pytest.fixture
def git() -> Git:
    return Git()


async def test_result_and_error(source: Source, git: Git) -> None:
    git_dir = source.folder / ".git"
    assert (await git.run("rev-parse", "HEAD", git_dir=git_dir)).text == source.git("rev-parse", "HEAD")
    with pytest.raises(GitError, match="rev-parse") as failure:
        await git.run("rev-parse", "--verify", "nothing", git_dir=git_dir)
    assert "Needed a single revision" in failure.value.stderr
    assert (await git.run("rev-parse", "--verify", "-q", "nothing", git_dir=git_dir, check=False)).exit_code == 1


async def test_stdin_is_fed_and_output_is_bounded(source: Source, git: Git) -> None:
    git_dir = source.folder / ".git"
    data = os.urandom(1024 * 1024)
    blob = (await git.run("hash-object", "-w", "--stdin", git_dir=git_dir, stdin=data)).text
    assert (await git.run("cat-file", "blob", blob, git_dir=git_dir)).stdout == data
    with pytest.raises(GitError, match="more than 1000 bytes"):
        await git.run("cat-file", "blob", blob, git_dir=git_dir, output_limit=1000)
    cut = await git.run("cat-file", "blob", blob, git_dir=git_dir, output_limit=1000, truncate=True)
    assert cut.truncated
    assert cut.stdout == data[:1000]


async def test_nothing_of_our_environment_reaches_git(
    source: Source, git: Git, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary")
    monkeypatch.setenv("GIT_DIR", "/nonexistent")
    source.git("config", "alias.show-environment", "!env")
    seen = (await git.run("show-environment", git_dir=source.folder / ".git")).text
    assert "GIT_CONFIG_GLOBAL=/dev/null" in seen
    assert "canary" not in seen


@pytest.mark.parametrize("left", ["", ".git"])
@pytest.mark.parametrize("command", [("write-tree",), ("read-tree", "HEAD"), ("cat-file", "-p", "HEAD")])
async def test_objects_that_are_gone_are_the_machines_failure(
    source: Source, git: Git, tmp_path: Path, command: tuple[str, ...], left: str
) -> None:
    clone = tmp_path / "clone"
    plain_git(tmp_path, "clone", "--quiet", "--shared", str(source.folder), str(clone))
    source.folder.rename(tmp_path / "elsewhere")
    if left:  # git says it otherwise then
        (source.folder / left).mkdir(parents=True)
    with pytest.raises(GitError) as failure:
        await git.run(*command, git_dir=clone / ".git")
    assert is_systemic(failure.value), failure.value.stderr


async def test_cancellation_ends_the_process(source: Source, git: Git, tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    source.git("config", "alias.wait", f"!echo $$ > {tmp_path}/pid; read line < {fifo}")
    waiting = asyncio.create_task(git.run("wait", git_dir=source.folder / ".git"))
    pid_file = tmp_path / "pid"
    await until(lambda: pid_file.exists() and pid_file.read_text() != "")
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await until(lambda: not is_alive(int(pid_file.read_text())))


@pytest.mark.parametrize("turns", range(1, 9))
async def test_cancellation_at_any_turn_of_the_start_ends_the_process(
    source: Source, git: Git, tmp_path: Path, turns: int
) -> None:
    pid_file = tmp_path / "pid"
    pid_file.touch()
    os.mkfifo(tmp_path / "fifo")
    source.git("config", "alias.wait", f"!echo $$ > {pid_file}; read line < {tmp_path}/fifo")
    waiting = asyncio.create_task(git.run("wait", git_dir=source.folder / ".git"))
    for _ in range(turns):
        await asyncio.sleep(0)
    deadline = time.monotonic() + 0.5
    while not (pid := pid_file.read_text()) and time.monotonic() < deadline:
        time.sleep(0.005)  # not of asyncio: nothing but the process itself is to go on
    waiting.cancel()
    async with asyncio.timeout(30):
        with pytest.raises(asyncio.CancelledError):
            await waiting
    await until(lambda: not (pid or pid_file.read_text()) or not is_alive(int(pid or pid_file.read_text())))


async def test_time_limit(source: Source, git: Git, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(GitError, match=r"stopped after 0\.3 s"):
        await git.run("hash-object", str(tmp_path / "fifo"), git_dir=source.folder / ".git", timeout_s=0.3)


async def test_no_git_is_one_clear_error(tmp_path: Path, git: Git, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RepositoryError, match="no `git`") as failure:
        await inspect_user_repository(tmp_path, git=git)
    assert failure.value.hint


async def test_old_git_is_one_clear_error(tmp_path: Path, git: Git, monkeypatch: pytest.MonkeyPatch) -> None:
    old = tmp_path / "git"
    old.write_text("#!/bin/sh\necho git version 2.30.2\n")
    old.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(RepositoryError, match=r"2\.30 is too old"):
        await inspect_user_repository(tmp_path, git=git)


async def test_slots_bound_the_processes(source: Source, tmp_path: Path) -> None:
    git = Git(2)
    script = f"!mkdir {tmp_path}/$$; ls -d {tmp_path}/[0-9]* | wc -l; rmdir {tmp_path}/$$"
    source.git("config", "alias.count", script)
    results = await asyncio.gather(*(git.run("count", git_dir=source.folder / ".git") for _ in range(12)))
    assert max(int(result.text) for result in results) <= 2


async def test_inspection_of_a_plain_repository(source: Source, git: Git) -> None:
    user = await inspect_user_repository(source.folder / "src", git=git)
    assert user.top == source.folder
    assert user.git_dir == user.common_dir == source.folder / ".git"
    assert user.head_commit == source.git("rev-parse", "HEAD")
    assert user.branch == "refs/heads/main"
    assert (user.dirty, user.notes, user.object_format) == (False, (), "sha1")


async def test_inspection_notes(source: Source, git: Git) -> None:
    source.commit({".gitattributes": "*.bin filter=lfs\n", ".gitmodules": ""})
    source.write({"new.py": "x"})
    source.git("checkout", "-q", "--detach")
    user = await inspect_user_repository(source.folder, git=git)
    assert user.dirty
    assert user.branch == ""
    assert [note.split()[-1] for note in user.notes] == ["them.", "workspaces.", "files."]


async def test_inspection_of_bare_and_linked_repositories(source: Source, git: Git, tmp_path: Path) -> None:
    source.git("clone", "-q", "--bare", ".", str(tmp_path / "bare.git"))
    bare = await inspect_user_repository(tmp_path / "bare.git", git=git)
    assert bare.top is None
    source.git("worktree", "add", "-q", "-b", "side", str(tmp_path / "linked"))
    linked = await inspect_user_repository(tmp_path / "linked", git=git)
    assert linked.top == tmp_path / "linked"
    assert linked.common_dir == source.folder / ".git"
    assert linked.git_dir != linked.common_dir
    assert linked.branch == "refs/heads/side"


async def test_what_cannot_be_worked_on(source: Source, git: Git, tmp_path: Path) -> None:
    with pytest.raises(RepositoryError, match="not in a git repository") as failure:
        await inspect_user_repository(tmp_path, git=git)
    assert failure.value.hint
    with pytest.raises(RepositoryError, match="not a folder"):
        await inspect_user_repository(tmp_path / "missing", git=git)
    empty = tmp_path / "empty"
    empty.mkdir()
    source.git("init", "-q", str(empty))
    with pytest.raises(RepositoryError, match="no commit"):
        await inspect_user_repository(empty, git=git)
    blob = source.git("rev-parse", "HEAD:src/a.py")
    (source.folder / ".git/objects" / blob[:2] / blob[2:]).unlink()
    with pytest.raises(RepositoryError, match="1 objects of its last commit are missing"):
        await inspect_user_repository(source.folder, git=git)


async def test_inspection_executes_nothing_of_the_repository(source: Source, git: Git, tmp_path: Path) -> None:
    canary = Canary(tmp_path / "canary")
    source.commit({".gitattributes": "*.py filter=evil diff=evil\n"})
    canary.configure(source.folder / ".git")
    source.write({"src/a.py": "a = 2\n"})
    assert (await inspect_user_repository(source.folder, git=git)).dirty
    canary.assert_silent()
    plain_git(source.folder, "status", check=False)
    with pytest.raises(AssertionError):
        canary.assert_silent()  # the canary does sing for a git that is not hardened


async def test_file_errors_are_workspace_errors() -> None:
    assert issubclass(GitError, WorkspaceError)
