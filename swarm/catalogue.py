"""The tasks that are shipped with the project, and task folders in general."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from swarm.core.patterns import PathPatterns
from swarm.core.task import TaskFile
from swarm.errors import TaskError
from swarm.workspace.own_files import shipped_tasks_folder

MAX_FILE_BYTES = 1024 * 1024
INPUTS = "inputs"
VERIFIER = "bash tests/verify.sh"
"""What judges a result, where the task names no hidden checks."""


@dataclass(frozen=True, slots=True)
class TaskFolder:
    """A task folder, read and checked.

    Attributes:
        file: what ``task.toml`` says.
        instruction: the goal, from ``instruction.md``.
        root: the folder.
        start: the files that the job starts from: ``repo/`` or ``inputs/``.
        solution: files of a known solution; ``None`` when there are none.
        tests: the files of the hidden verifier; ``None`` when there are none.
        scenario: the simulated endpoint's scenario; ``None`` when there is none.
    """

    file: TaskFile
    instruction: str
    root: Path
    start: Path
    solution: Path | None
    tests: Path | None
    scenario: Path | None

    @property
    def below(self) -> str:
        """Where in the run's repository the start lies: at its top, or, for a task without one, in ``inputs``."""
        return INPUTS if self.start.name == INPUTS else ""

    @property
    def protected(self) -> tuple[str, ...]:
        """Patterns of paths that agents may not change; what a task has as its inputs is always among them."""
        return ((f"{INPUTS}/**",) if self.below else ()) + self.file.protected

    @property
    def verifier(self) -> tuple[str, ...]:
        """The commands of the hidden verifier, run at the top of a checkout that :func:`hidden_files` are laid over."""
        return self.file.hidden_checks or ((VERIFIER,) if self.tests else ())


def shipped_tasks() -> list[Path]:
    """Return the folders of the tasks that come with swarm, sorted by name."""
    return sorted(path.parent for path in shipped_tasks_folder().glob("*/task.toml"))


def find_task_folder(reference: str) -> Path:
    """Return the task folder that a reference means: a path, or the name of a shipped task (``tasks/NAME``, ``NAME``).

    Raises:
        TaskError: there is none.
    """
    path = Path(reference)
    if (path / "task.toml").is_file():
        return path
    name = path.name if path.parent in (Path(), Path("tasks")) else ""
    shipped = {folder.name: folder for folder in shipped_tasks()}
    if name not in shipped:
        names = ", ".join(shipped) or "none"
        raise TaskError(f"{reference} is not a task folder", hint=f"It needs a task.toml. Shipped tasks: {names}.")
    return shipped[name]


def load_task_folder(path: Path) -> TaskFolder:
    """Read a task folder.

    Raises:
        TaskError: something is missing or wrong; the message names the file and the field.
    """
    root = path.resolve()
    source = root / "task.toml"
    file = TaskFile.parse(_read(source), source=str(source))
    if file.name != root.name:
        raise TaskError(f"{source}: field 'task.name': {file.name!r} is not the folder's name, {root.name!r}")
    instruction = _read(root / "instruction.md")
    if not instruction.strip():
        raise TaskError(f"{root / 'instruction.md'}: it is empty")
    return TaskFolder(
        file,
        instruction,
        root,
        _start(root),
        _folder_or_none(root / "solution"),
        _tests(root / "tests", file),
        _scenario(root, file.scenario, source),
    )


def _start(root: Path) -> Path:
    found = [root / name for name in ("repo", INPUTS) if (root / name).is_dir()]
    if len(found) == 1:
        return found[0]
    if found:
        raise TaskError(f"{root}: it has both repo/ and inputs/", hint="A task that has a repository needs no inputs.")
    raise TaskError(
        f"{root / 'repo'}: there is no such folder",
        hint="It holds the repository that the job starts from; a task without one has inputs/ instead.",
    )


def _tests(tests: Path, file: TaskFile) -> Path | None:
    if not tests.is_dir():
        return None
    if not file.hidden_checks and not (tests / "verify.sh").is_file():
        raise TaskError(f"{tests / 'verify.sh'}: there is no such file", hint=f"It judges a result: `{VERIFIER}`.")
    return tests


def hidden_files(folder: TaskFolder) -> dict[str, bytes]:
    """Return what a folder's verifier needs: all of ``tests/``, and the files of its start that it says are hidden.

    The names are paths from the root of a checkout.

    Raises:
        TaskError: a file cannot be read.
    """
    found = {f"tests/{name}": path for name, path in _files_below(folder.tests)} if folder.tests else {}
    seen = dict(_files_below(folder.start))
    prefix = f"{folder.below}/" if folder.below else ""
    found |= {prefix + name: seen[name] for name in PathPatterns(folder.file.hidden, meaning="hidden").among(seen)}
    try:
        return {name: path.read_bytes() for name, path in found.items()}
    except OSError as error:
        raise TaskError(f"{error.filename}: {error.strerror}") from error


def _files_below(root: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(root.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path.relative_to(root).as_posix(), path


def _folder_or_none(path: Path) -> Path | None:
    return path if path.is_dir() else None


def _scenario(root: Path, name: str, source: Path) -> Path | None:
    if not name:
        return None
    path = (root / name).resolve()
    if not path.is_relative_to(root) or not path.is_file():
        raise TaskError(f"{source}: field 'simulation.scenario': {name!r} is not a file in the folder")
    return path


def _read(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise TaskError(f"{path}: larger than {MAX_FILE_BYTES:,} bytes")
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise TaskError(f"{path}: not UTF-8 text") from error
    except OSError as error:
        raise TaskError(f"{path}: {error.strerror}") from error
