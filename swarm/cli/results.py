"""A run's result: as a patch, and merged into the user's branch."""

from pathlib import Path

from swarm.cli.reading import ReadRun
from swarm.core.views import RunView
from swarm.core.wording import one_line
from swarm.errors import UsageError
from swarm.workspace.git import Git
from swarm.workspace.publication import UserMerge, merge_into_user_branch
from swarm.workspace.repository import RunRepository
from swarm.workspace.user_repository import inspect_user_repository


async def patch_of(run: ReadRun, subtask_id: str = "") -> str:
    """Return what the run changed since its base, or what the merge of one subtask brought in.

    Raises:
        UsageError: there is no such subtask, or nothing of it was merged.
        WorkspaceError: git failed.
    """
    view = run.view
    before, after = _merged_range(view, subtask_id) if subtask_id else (view.base_commit, view.head)
    return await _repository(run, Git()).diff(before, after)


def _merged_range(view: RunView, subtask_id: str) -> tuple[str, str]:
    subtask = view.subtasks.get(subtask_id)
    if subtask is None:
        raise UsageError(
            f"run {view.run_id} has no subtask {subtask_id!r}", hint=f"`swarm show {view.run_id}` lists them."
        )
    if subtask.merge is None:
        raise UsageError(
            f"nothing of {subtask_id!r} has been merged: it is {subtask.status}",
            hint=f"`swarm show {view.run_id} {subtask_id}` shows what its agents did.",
        )
    return subtask.merge.previous_head, subtask.merge.head


async def merge_run(run: ReadRun, into: str = "") -> UserMerge:
    """Merge the run's branch into a branch of the user's repository, the one checked out when none is named.

    Raises:
        UsageError: no branch is named and none is checked out.
        RepositoryError: the merge is not possible; nothing was changed.
        WorkspaceError: git failed.
    """
    git, task = Git(), run.view.task
    user = await inspect_user_repository(Path(task.repository if task else "."), git=git)
    branch = _full_name(into) if into else user.branch
    if not branch:
        raise UsageError("no branch is checked out", hint="Name the branch to merge into with --into.")
    message = f"Merge swarm run {run.view.run_id}: {one_line(run.goal, 60)}\n"
    return await merge_into_user_branch(_repository(run, git), user, branch=branch, message=message)


def _repository(run: ReadRun, git: Git) -> RunRepository:
    return RunRepository.open(run.folder.repository, run_id=run.view.run_id, git=git)


def _full_name(branch: str) -> str:
    return branch if branch.startswith("refs/") else f"refs/heads/{branch}"
