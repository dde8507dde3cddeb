"""Verifies a run: its journal's file, what the journal says, and the git objects that it names. Changes nothing."""

import asyncio
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field

from swarm.core.audit import Audit, Finding
from swarm.core.events import Recorded
from swarm.core.recorded_objects import is_object_id, objects_of
from swarm.errors import GitError, JournalTooNew, JournalUnreadable, RepositoryError
from swarm.journal.damage import read_mark
from swarm.journal.reader import JournalReader
from swarm.journal.store import RunFolder, RunLock
from swarm.workspace.bare_repository import BareRepository
from swarm.workspace.git import Git
from swarm.workspace.intake import recorded_in
from swarm.workspace.integrity import damage_of, incomplete_object_of, is_merge_onto
from swarm.workspace.repository import RunRepository

MOST_FINDINGS = 100
"""After so many findings the rest is only counted."""

_PAGE_OBJECTS = 2_000
_REMEMBERED_OBJECTS = 20_000

_RESTORE = "restore the run's folder from a copy"
_RECOVER = "`swarm recover RUN` restores the newest sound state and says what is lost"


@dataclass(slots=True)
class Verification:
    """What was looked at and what is wrong.

    Attributes:
        events: events read.
        objects: commits and trees that were looked for, with all that they lead to.
        findings: what is wrong, the first :data:`MOST_FINDINGS`.
        more: how many more findings there were.
        complete: the journal could be read to its end.
    """

    run_id: str
    events: int = 0
    objects: int = 0
    findings: list[Finding] = field(default_factory=list)
    more: int = 0
    complete: bool = False

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings

    def add(self, *findings: Finding) -> None:
        """Note what is wrong."""
        room = MOST_FINDINGS - len(self.findings)
        self.findings.extend(findings[:room])
        self.more += max(0, len(findings) - room)


async def verify_run(folder: RunFolder, *, run_id: str = "") -> Verification:
    """Look a run through for damage and contradictions.

    The file (SQLite's own check, checksums, blobs against their hash, no gap in the sequence), the facts (every rule of
    a sound run, by folding them), and the repository (every commit and tree that a fact names, complete; the branch
    where the facts say). A run that is being driven may be verified, too.

    Args:
        folder: the run.
        run_id: the id that the run must have; the folder's name when empty.

    Raises:
        JournalTooNew: a newer version of swarm wrote the journal, so nothing can be said of it.
    """
    found = Verification(run_id or folder.run_id)
    driven = RunLock(folder).owner() is not None
    try:
        repository = RunRepository.open(folder.repository, run_id=found.run_id, git=Git())
        branch_head = await _head(repository, found)
    except RepositoryError as error:
        found.add(Finding("repository", 0, error.message, _RESTORE))
        repository, branch_head = None, ""
    audit = Audit()
    try:
        with JournalReader(folder.journal) as reader:
            await _look_through(reader, audit, recorded_in(folder.intake, repository) if repository else None, found)
    except JournalTooNew:
        raise
    except JournalUnreadable as error:
        found.add(Finding("journal", found.events + 1, error.message, _RECOVER))
    marked = read_mark(folder.journal)
    if found.complete and not driven and found.events < marked:
        problem = f"the journal ends with event {found.events}, but {marked} were recorded"
        found.add(Finding("journal", found.events, problem, _RECOVER))
    if repository is not None:
        await _check_objects_again(recorded_in(folder.intake, repository), repository, found)
        await _check_repository(repository, audit, found, branch_head, driven=driven)
    return found


async def _look_through(
    reader: JournalReader, audit: Audit, repository: BareRepository | None, found: Verification
) -> None:
    damage = await asyncio.to_thread(reader.damage)
    found.add(*(Finding("journal", 0, f"SQLite: {text}", _RECOVER) for text in damage))
    pages = _pages(reader.events(), audit, found)
    while page := await asyncio.to_thread(next, pages, None):
        if repository is not None:
            await _check_objects(repository, page, found)
    found.add(*audit.finish())
    found.complete = True
    _check_identity(reader, audit, found)


def _check_identity(reader: JournalReader, audit: Audit, found: Verification) -> None:
    for whose, name in (("file", reader.run_id), ("facts", audit.state.run_id)):
        if name != found.run_id:
            problem = f"it is the journal of run {name!r} by its {whose}, not of {found.run_id!r}"
            found.add(Finding("journal", 0, problem, "put each run's files back into its own folder"))
    if reader.epoch < audit.epoch:
        problem = f"its epoch is {reader.epoch}, but event {audit.epoch_seq} was written under {audit.epoch}"
        found.add(Finding("journal", audit.epoch_seq, problem, _RESTORE))


_Page = dict[str, int]
"""Object ids and the events that name them first."""


def _pages(events: Iterator[Recorded], audit: Audit, found: Verification) -> Iterator[_Page]:
    """Audit events and yield the objects that they name, a page at a time, most of them once."""
    seen: OrderedDict[str, None] = OrderedDict()
    page: _Page = {}
    for recorded in events:
        found.events = recorded.seq
        found.add(*audit.apply(recorded))
        for name in objects_of(recorded.event):
            if name not in seen:
                page.setdefault(name, recorded.seq)
            seen[name] = None
            seen.move_to_end(name)
        while len(seen) > _REMEMBERED_OBJECTS:
            seen.popitem(last=False)
        if len(page) >= _PAGE_OBJECTS:
            yield page
            page = {}
    if page:
        yield page


async def _check_objects(repository: BareRepository, page: _Page, found: Verification) -> None:
    names = [name for name in page if is_object_id(name)]
    found.objects += len(names)
    for name in page.keys() - set(names):
        found.add(Finding("facts", page[name], f"{name[:80]!r} is not the id of a git object", _RESTORE))
    while names and not found.more:
        incomplete, said = await incomplete_object_of(repository, names)
        if not incomplete:
            return
        found.add(_incomplete(incomplete, page[incomplete], said))
        names = names[names.index(incomplete) + 1 :]


def _incomplete(name: str, seq: int, said: str) -> Finding:
    advice = _RESTORE if seq < 2 else f"{_RESTORE}, or `swarm fork RUN --at {seq - 1}` to go on from before it"
    return Finding("repository", seq, f"the commit or tree {name} is not complete: {said}", advice)


async def _head(repository: RunRepository, found: Verification) -> str:
    try:
        return await repository.head()
    except GitError as error:
        found.add(Finding("repository", 0, f"the run's branch cannot be read: {error.message}", _RESTORE))
        return ""


async def _check_objects_again(recorded: BareRepository, repository: RunRepository, found: Verification) -> None:
    for store in await asyncio.to_thread(lambda: recorded.objects):
        if not await asyncio.to_thread(store.is_dir):
            problem = f"the objects that it reads at {store} are gone"
            found.add(Finding("repository", 0, problem, "put the repository that the run works on back there"))
    for each in {recorded.folder: recorded, repository.folder: repository}.values():
        if damage := await damage_of(each):
            found.add(Finding("repository", 0, f"an object in {each.folder.name} is damaged: {damage}", _RESTORE))


async def _check_repository(
    repository: RunRepository, audit: Audit, found: Verification, branch_head: str, *, driven: bool
) -> None:
    head = audit.state.head
    # A live run's branch moves on while its journal is read.
    if driven or not found.complete or branch_head in ("", head) or not is_object_id(head):
        return
    if not audit.state.branch_moves or not await is_merge_onto(repository, branch_head, head):
        problem = f"the branch is at {branch_head}, but the facts say {head}"
        advice = f"`git --git-dir={repository.folder} update-ref {repository.branch} {head}` puts it back"
        found.add(Finding("repository", 0, problem, advice))
