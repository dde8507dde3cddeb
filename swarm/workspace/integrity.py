"""Is everything there that a run's journal names? Looks only, changes nothing."""

from collections.abc import Mapping, Sequence

from swarm.workspace.bare_repository import BareRepository
from swarm.workspace.git import GitResult
from swarm.workspace.object_rules import looking_for_damage, looking_for_damage_with_older_git

_TIMEOUT_S = 3600.0
_SHOWN = 400


async def incomplete_object_of(repository: BareRepository, ids: Sequence[str]) -> tuple[str, str]:
    """Look whether commits and trees are there with all their files; a commit's history is not looked at.

    Args:
        repository: where to look.
        ids: full ids of commits and trees.

    Returns:
        The first of the ids that is not complete, and what git says of it; two empty strings when all are.

    Raises:
        GitError: git could not be run.
    """
    said = await _walk(repository, ids)
    if not said:
        return "", ""
    while len(ids) > 1:
        half = len(ids) // 2
        said_of_half = await _walk(repository, ids[:half])
        ids, said = (ids[:half], said_of_half) if said_of_half else (ids[half:], said)
    return ids[0], await _walk(repository, ids) or said


async def _walk(repository: BareRepository, ids: Sequence[str]) -> str:
    """Return what git says when something that the ids lead to is missing; empty when nothing is."""
    asked = "".join(f"{name}\n" for name in ids)
    arguments = ("rev-list", "--no-walk", "--objects", "--quiet", "--stdin")
    walked = await repository.git.run(
        *arguments, git_dir=repository.folder, stdin=asked.encode(), check=False, timeout_s=_TIMEOUT_S
    )
    return "" if walked.exit_code == 0 else walked.stderr[:_SHOWN] or f"exit code {walked.exit_code}"


async def damage_of(repository: BareRepository) -> str:
    """Read every object that the repository itself has again and return what git finds wrong; empty when nothing is.

    Objects of its alternates are not read: `git fsck` there does that.

    Raises:
        GitError: git could not be run.
    """
    git, folder = repository.git, repository.folder
    found = await _fsck(repository, looking_for_damage())
    if found.exit_code != 0 and (settings := looking_for_damage_with_older_git(found.stderr)):
        found = await _fsck(repository, settings)
    if found.exit_code != 0:
        return found.stderr[:_SHOWN] or f"git fsck ended with exit code {found.exit_code}"
    for index in sorted((folder / "objects" / "pack").glob("*.idx")):
        verified = await git.run("verify-pack", "--", str(index), git_dir=folder, check=False, timeout_s=_TIMEOUT_S)
        if verified.exit_code != 0:
            return f"{index.name}: {verified.stderr[:_SHOWN]}"
    return ""


async def _fsck(repository: BareRepository, settings: Mapping[str, str]) -> GitResult:
    arguments = ("fsck", "--no-full", "--no-dangling", "--no-progress")
    return await repository.git.run(
        *arguments, git_dir=repository.folder, check=False, environment=settings, timeout_s=_TIMEOUT_S
    )


async def is_merge_onto(repository: BareRepository, commit: str, head: str) -> bool:
    """Whether a commit's first parent is ``head``. Raises GitError."""
    named = await repository.git.run("rev-parse", "--verify", f"{commit}^1", git_dir=repository.folder, check=False)
    return named.text == head
