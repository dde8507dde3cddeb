"""Trees, commits, three-way merges and one branch, in memory: as much of git as a run needs."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from swarm.errors import WorkspaceError
from swarm.protocols import Merge

Tree = Mapping[str, bytes]
"""Files by path."""

OURS, MIDDLE, THEIRS = b"<<<<<<< ours", b"=======", b">>>>>>> theirs"
MARKERS = (OURS, MIDDLE, THEIRS)


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit: the id of its tree, and the ids of its parents."""

    tree: str
    parents: tuple[str, ...] = ()


@dataclass(slots=True)
class Objects:
    """The objects and the branch of a run's repository. They outlive every process.

    Attributes:
        trees: trees by id.
        commits: commits by id.
        branch: the commit that the run's branch is at.
    """

    trees: dict[str, Tree] = field(default_factory=dict)
    commits: dict[str, Commit] = field(default_factory=dict)
    branch: str = ""

    def add_tree(self, files: Tree) -> str:
        """Keep a tree and return its id, which depends on nothing but its files."""
        sha = hashlib.sha1(usedforsecurity=False)
        for path in sorted(files):
            sha.update(b"%s\0%d\0%s" % (path.encode(), len(files[path]), files[path]))
        identifier = sha.hexdigest()
        self.trees.setdefault(identifier, dict(files))
        return identifier

    def add_commit(self, tree: str, parents: tuple[str, ...], message: str) -> str:
        """Keep a commit and return its id; the same arguments give the same id."""
        identifier = hashlib.sha1("\0".join((tree, *parents, message)).encode(), usedforsecurity=False).hexdigest()
        self.commits[identifier] = Commit(tree, parents)
        return identifier

    def files_of(self, identifier: str) -> Tree:
        """Return the files of a commit or a tree. Raises WorkspaceError when there is neither."""
        if identifier in self.commits:
            identifier = self.commits[identifier].tree
        if identifier not in self.trees:
            raise WorkspaceError(f"there is no object {identifier}")
        return self.trees[identifier]

    def changed_paths(self, base: str, tree: str) -> tuple[str, ...]:
        """Return the paths that differ, sorted."""
        before, after = self.files_of(base), self.files_of(tree)
        return tuple(sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path)))

    def merge(self, commit: str, head: str, message: str) -> Merge:
        """Merge a commit whose parent the branch has held into the branch, if that is at ``head``.

        Raises:
            WorkspaceError: the branch is elsewhere and does not hold the commit.
        """
        base = self.commits[commit].parents[0]
        files, conflicts = merge_files(self.files_of(base), self.files_of(head), self.files_of(commit))
        tree = self.add_tree(files)
        if conflicts:
            return Merge(conflict_tree=tree, conflict_paths=conflicts)
        if tree == self.commits[head].tree:
            return Merge(head=head)
        if self.branch == head:
            self.branch = self.add_commit(tree, (head, commit), message)
        elif not self.holds(commit, since=head):
            raise WorkspaceError(f"the run's branch is at {self.branch}, not at {head}: nothing was merged")
        return Merge(head=self.branch)

    def take_out(self, merge: str, head: str, message: str) -> Merge:
        """Undo on the branch, if it is at ``head``, what a merge brought.

        Raises:
            WorkspaceError: the branch is elsewhere, and not because this was done before.
        """
        before = self.commits[merge].parents[0]
        files, conflicts = merge_files(self.files_of(merge), self.files_of(head), self.files_of(before))
        if conflicts:
            return Merge(conflict_tree=self.add_tree(files), conflict_paths=conflicts)
        made = self.add_commit(self.add_tree(files), (head,), message)
        if self.branch not in (head, made):
            raise WorkspaceError(f"the run's branch is at {self.branch}, not at {head}: nothing was taken out")
        self.branch = made
        return Merge(head=made)

    def holds(self, commit: str, *, since: str) -> bool:
        """Whether the branch came from ``since`` to where it is by merges of which one merged ``commit``."""
        at, found = self.branch, False
        while at != since:
            parents = self.commits[at].parents
            if not parents:
                return False
            found = found or commit in parents[1:]
            at = parents[0]
        return found

    def history(self) -> list[str]:
        """Return what was merged into the branch, oldest first: second parents of its first-parent commits."""
        merged: list[str] = []
        at = self.branch
        while parents := self.commits[at].parents:
            merged += parents[1:]
            at = parents[0]
        return merged[::-1]


def merge_files(base: Tree, ours: Tree, theirs: Tree) -> tuple[Tree, tuple[str, ...]]:
    """Merge three ways, file by file; a file that both sides changed differently gets both between markers."""
    merged: dict[str, bytes] = {}
    conflicts: list[str] = []
    for path in sorted(base.keys() | ours.keys() | theirs.keys()):
        before, here, there = base.get(path), ours.get(path), theirs.get(path)
        chosen = there if here == before else here
        if here != there and before not in (here, there):
            conflicts.append(path)
            chosen = b"\n".join((OURS, *lines_of(here), MIDDLE, *lines_of(there), THEIRS, b""))
        if chosen is not None:
            merged[path] = chosen
    return merged, tuple(conflicts)


def lines_of(data: bytes | None) -> list[bytes]:
    """Return the lines of a file, without line ends; none for a file that is not there."""
    return data.splitlines() if data else []


def is_conflicted(data: bytes) -> bool:
    """Whether conflict markers stand in a file."""
    return any(line in MARKERS for line in lines_of(data))


def resolved(data: bytes) -> bytes:
    """Return a file with conflict markers taken out and every line of both sides kept once."""
    kept = dict.fromkeys(line for line in lines_of(data) if line not in MARKERS)
    return b"".join(line + b"\n" for line in kept)
