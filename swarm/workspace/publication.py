"""Brings a run's result to the user's repository: as a branch of its own, and into the user's branch when asked."""

import os
from dataclasses import dataclass
from pathlib import Path

from swarm.errors import GitError, RepositoryError
from swarm.failpoints import reach
from swarm.workspace.git import Git, GitResult
from swarm.workspace.object_rules import CHECKED_FETCH
from swarm.workspace.repository import RunRepository
from swarm.workspace.user_repository import UserRepository, some_names, without_filters


@dataclass(frozen=True, slots=True)
class Publication:
    """Where the result is in the user's repository; ``note`` says why it is not there when ``commit`` is empty."""

    branch: str
    commit: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class UserMerge:
    """What a merge into the user's branch did.

    Attributes:
        branch: full name of the branch.
        commit: where it is now.
        fast_forward: no merge commit was needed.
        changed_paths: the paths that it changed; empty when the branch already held everything.
    """

    branch: str
    commit: str
    fast_forward: bool
    changed_paths: tuple[str, ...]


async def publish(run: RunRepository, user: UserRepository) -> Publication:
    """Bring the run's branch to the user's repository, checked object by object; nothing else there changes.

    The branch only ever moves forward: one that is checked out, or holds commits that are not the run's, is left alone
    and the note says so.

    Raises:
        GitError: git failed, or refused an object.
    """
    name = run.branch.removeprefix("refs/heads/")
    head = await run.head()
    note = await _obstacle(run, user, name, head)
    if note:
        return Publication(run.branch, "", note)
    reach("publish.before-fetch")
    await _fetch(run, user, f"{run.branch}:{run.branch}")
    reach("publish.after-fetch")
    return Publication(run.branch, head)


async def merge_into_user_branch(run: RunRepository, user: UserRepository, *, branch: str, message: str) -> UserMerge:
    """Merge the run's branch into a branch of the user's; its checked-out files follow. Hooks and filters do not run.

    Local changes to files that the merge does not touch stay as they are. Doing it again after a crash completes it.

    Args:
        run: the run's repository.
        user: where to merge, as it is now.
        branch: full name of the user's branch (``refs/heads/main``).
        message: message of the merge commit, when one is needed.

    Raises:
        RepositoryError: no such branch, local changes are in the way, or both sides change the same lines; nothing
            was changed.
        GitError: git failed.
    """
    run_head = await run.head()
    published = await publish(run, user)
    if not published.commit:
        raise RepositoryError(published.note)
    target = await _target(run.git, user, branch)
    if await _is_ancestor(run.git, user.common_dir, run_head, target):
        return UserMerge(branch, target, fast_forward=True, changed_paths=())
    fast_forward = await _is_ancestor(run.git, user.common_dir, target, run_head)
    new = run_head if fast_forward else await _merge_commit(run, user, branch, target, run_head, message)
    changed = await run.changed_paths(target, new)
    if user.top is not None and user.branch == branch:
        await _update_files(run.git, user, user.top, target, new, changed)
    await run.git.run("update-ref", "-m", "swarm merge", branch, new, target, git_dir=user.git_dir)
    return UserMerge(branch, new, fast_forward, changed)


async def _fetch(run: RunRepository, user: UserRepository, refspec: str) -> None:
    arguments = ("--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--no-auto-maintenance")
    await run.git.run(
        "fetch", *arguments, "--", str(run.folder), refspec, git_dir=user.common_dir, environment=CHECKED_FETCH
    )


async def _obstacle(run: RunRepository, user: UserRepository, name: str, head: str) -> str:
    found = await run.git.run("rev-parse", "--verify", "--quiet", run.branch, git_dir=user.common_dir, check=False)
    if found.text == head:
        return ""
    prefix = await run.git.run(
        "show-ref", "--verify", "--quiet", "refs/heads/swarm", git_dir=user.common_dir, check=False
    )
    if prefix.exit_code == 0:
        return f"Your branch `swarm` is in the way of `{name}`: rename it (`git branch -m swarm other`)."
    if await _checked_out(run.git, user, run.branch):
        return f"The branch `{name}` is checked out and was not moved: switch to another one, then publish again."
    if found.text and not await _is_ancestor(run.git, run.folder, found.text, head):
        return f"The branch `{name}` holds commits that are not the run's and was not moved: rename it."
    return ""


async def _checked_out(git: Git, user: UserRepository, branch: str) -> str:
    """Return the working tree that a branch is checked out in, or nothing."""
    listed = await git.run("worktree", "list", "--porcelain", "-z", git_dir=user.common_dir)
    folder = ""
    for line in os.fsdecode(listed.stdout).split("\0"):
        if line.startswith("worktree "):
            folder = line.removeprefix("worktree ")
        elif line == f"branch {branch}":
            return folder
    return ""


async def _target(git: Git, user: UserRepository, branch: str) -> str:
    found = await git.run("rev-parse", "--verify", "--quiet", f"{branch}^{{commit}}", git_dir=user.git_dir, check=False)
    if not branch.startswith("refs/heads/") or found.exit_code != 0:
        raise RepositoryError(f"there is no branch {branch}", hint="Name an existing branch, or check one out.")
    folder = await _checked_out(git, user, branch)
    if folder and user.branch != branch:
        raise RepositoryError(f"{branch} is checked out in {folder}", hint=f"Merge from there: `cd {folder}`.")
    return found.text


async def _is_ancestor(git: Git, git_dir: Path, older: str, newer: str) -> bool:
    answer = await git.run("merge-base", "--is-ancestor", older, newer, git_dir=git_dir, check=False)
    if answer.exit_code not in (0, 1):
        raise GitError(f"git could not compare {older} with {newer}: {answer.stderr}", stderr=answer.stderr)
    return answer.exit_code == 0


async def _merge_commit(
    run: RunRepository, user: UserRepository, branch: str, target: str, run_head: str, message: str
) -> str:
    """Merge in the run's repository, which sees the user's commits, and bring the result over."""
    made = await run.merge_commits(run_head, into=target, message=message)
    if made.conflict_paths:
        name = run.branch.removeprefix("refs/heads/")
        raise RepositoryError(
            f"{branch} and the run change the same lines in: {some_names(made.conflict_paths)}",
            hint=f"Merge by hand with `git merge {name}`, or start another run from {branch}.",
        )
    ref = "refs/run/merged"
    await run.git.run("update-ref", ref, made.head, git_dir=run.folder)
    await _fetch(run, user, ref)
    return made.head


async def _update_files(
    git: Git, user: UserRepository, top: Path, old: str, new: str, changed: tuple[str, ...]
) -> None:
    """Bring the checked-out files from one commit to another, only if no local change is in the way."""
    filters_off = await without_filters(git, user.git_dir)

    async def run(*arguments: str, check: bool = True) -> GitResult:
        return await git.run(*arguments, git_dir=user.git_dir, work_tree=top, environment=filters_off, check=check)

    await run("update-index", "-q", "--refresh", check=False)
    tried = await run("read-tree", "--dry-run", "-m", "-u", old, new, check=False)
    if tried.exit_code != 0:
        different = await run("diff-index", "-z", "--name-only", old, "--")
        untracked = await run("ls-files", "-z", "--others", "--", ".")
        local = {os.fsdecode(path) for path in (different.stdout + untracked.stdout).split(b"\0") if path}
        in_the_way = sorted(local.intersection(changed))
        raise RepositoryError(
            f"local changes are in the way: {some_names(in_the_way) or tried.stderr}",
            hint="Commit or stash them (`git stash -u`), then merge again.",
        )
    await run("read-tree", "-m", "-u", old, new)
