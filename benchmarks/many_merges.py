"""Commits of many attempts on one repository, and a model that says what the run's branch must hold after their merges.

Each attempt adds a file of its own and changes one line of a shared file. Two that change the same line differently
conflict, all others go together.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from swarm.workspace.git import Git
from swarm.workspace.repository import RunRepository

LINES = 30
SLOTS = 10
"""Lines that can be changed without touching a neighbour's: every third one."""


@dataclass(frozen=True)
class Change:
    """What one attempt does: its number, the shared file that it changes, and where."""

    number: int
    file: int
    slot: int

    @property
    def own(self) -> str:
        """The path of the file that it adds."""
        return f"own/{self.number // 100}/file{self.number}.py"

    @property
    def shared(self) -> str:
        """The path of the file that it changes."""
        return f"shared/file{self.file}.py"


def shared_lines(file: int, changes: Iterable[Change] = ()) -> list[str]:
    """Return a shared file's lines with the changes that were merged into it."""
    lines = [f"value_{file}_{line} = 0" for line in range(LINES)]
    for change in changes:
        lines[change.slot * 3] = f"value_{file}_{change.slot * 3} = {change.number + 1}"
    return lines


def text(lines: list[str]) -> str:
    """Return lines as a file's text."""
    return "".join(f"{line}\n" for line in lines)


@dataclass
class Model:
    """What the branch holds: the changes that were merged and not taken out again."""

    merged: dict[int, Change] = field(default_factory=dict)

    def conflicts(self, change: Change) -> bool:
        """Whether a change cannot be merged now."""
        return any((other.file, other.slot) == (change.file, change.slot) for other in self.merged.values())

    def files(self, shared: int) -> dict[str, str]:
        """Return all files that the changes concern, with their texts, of ``shared`` shared ones."""
        by_file: dict[int, list[Change]] = {file: [] for file in range(shared)}
        for change in self.merged.values():
            by_file[change.file].append(change)
        found = {f"shared/file{file}.py": text(shared_lines(file, changes)) for file, changes in by_file.items()}
        found.update({change.own: f"{change.number}\n" for change in self.merged.values()})
        return found


async def commit_all(git: Git, folder: Path, *, base: str, changes: Iterable[Change]) -> dict[int, str]:
    """Make one commit for each change, all with the same parent, and return their ids by number."""
    stream: list[str] = []
    numbers = []
    for change in changes:
        numbers.append(change.number)
        message, own, shared = (
            f"attempt {change.number}\n",
            f"{change.number}\n",
            text(shared_lines(change.file, [change])),
        )
        stream += [
            f"commit refs/swarm/bench/{change.number}",
            f"committer swarm <swarm@localhost> {1_700_000_000 + change.number} +0000",
            f"data {len(message)}",
            f"{message}from {base}",
            f"M 100644 inline {change.own}",
            f"data {len(own)}",
            own + f"M 100644 inline {change.shared}",
            f"data {len(shared)}",
            shared,
        ]
    await git.run("fast-import", "--quiet", "--force", git_dir=folder, stdin="\n".join(stream).encode())
    listed = await git.run(
        "for-each-ref", "--format=%(refname:lstrip=3) %(objectname)", "refs/swarm/bench", git_dir=folder
    )
    commits = {int(name): commit for name, commit in (line.split() for line in listed.text.splitlines())}
    return {number: commits[number] for number in numbers}


async def files_of(run: RunRepository, commit: str, paths: Iterable[str]) -> Mapping[str, str]:
    """Return the texts of those paths that a commit holds."""
    wanted = list(paths)
    asked = "".join(f"{commit}:{path}\n" for path in wanted).encode()
    answer = (await run.git.run("cat-file", "--batch", git_dir=run.folder, stdin=asked)).stdout
    found = {}
    for path in wanted:
        header, _, answer = answer.partition(b"\n")
        if header.endswith(b"missing"):
            continue
        size = int(header.split()[2])
        found[path] = answer[:size].decode()
        answer = answer[size + 1 :]
    return found


async def integrate(
    run: RunRepository, changes: list[Change], commits: Mapping[int, str], taken_out: Iterable[int] = ()
) -> Model:
    """Merge all changes in order, taking some out again right after; return what must be on the branch now.

    Raises:
        AssertionError: a merge or a removal did what the model did not expect.
    """
    model, out = Model(), set(taken_out)
    head = await run.head()
    for change in changes:
        merge = await run.merge(commits[change.number], head=head, message=f"Merge {change.number}\n")
        assert bool(merge.conflict_paths) == model.conflicts(change), change
        if not merge.head:
            continue
        model.merged[change.number] = change
        head = merge.head
        if change.number in out:
            head = (await run.take_out(merge.head, head=head, message=f"Out {change.number}\n")).head
            del model.merged[change.number]
    return model


async def lost(run: RunRepository, model: Model, shared: int, changes: Iterable[Change]) -> list[str]:
    """Return the paths in which the branch differs from the model."""
    expected = model.files(shared)
    paths = {*expected, *(change.own for change in changes)}
    found = await files_of(run, await run.head(), sorted(paths))
    return sorted(path for path in paths if found.get(path) != expected.get(path))
