"""The tasks that are shipped with the project, and task folders in general."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from swarm.core.patterns import PathPatterns
from swarm.core.task import TaskFile
from swarm.errors import TaskError

MAX_FILE_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class TaskFolder:
    """A task folder, read and checked.

    Attributes:
        file: what ``task.toml`` says.
        instruction: the goal, from ``instruction.md``.
        root: the folder.
        repo: the files that the job starts from.
        solution: files of a known solution; ``None`` when there are none.
        tests: the hidden verifier; ``None`` when there is none.
        scenario: the simulated endpoint's scenario; ``None`` when there is none.
    """

    file: TaskFile
    instruction: str
    root: Path
    repo: Path
    solution: Path | None
    tests: Path | None
    scenario: Path | None


def shipped_tasks() -> list[Path]:
    """Return the folders of the tasks that come with swarm, sorted by name."""
    package = Path(__file__).resolve().parent
    installed = package / "_tasks"
    folder = installed if installed.is_dir() else package.parent / "tasks"
    return sorted(path.parent for path in folder.glob("*/task.toml"))


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
    repo = root / "repo"
    if not repo.is_dir():
        raise TaskError(f"{repo}: there is no such folder", hint="It holds the files that the job starts from.")
    return TaskFolder(
        file,
        instruction,
        root,
        repo,
        _folder_or_none(root / "solution"),
        _folder_or_none(root / "tests"),
        _scenario(root, file.scenario, source),
    )


def hidden_files(folder: TaskFolder) -> dict[str, bytes]:
    """Return what a folder's hidden checks need: all of ``tests/``, and the files of ``repo/`` that it says are hidden.

    Raises:
        TaskError: a file cannot be read.
    """
    if not folder.file.hidden_checks:
        return {}
    found = {f"tests/{name}": path for name, path in _files_below(folder.tests)} if folder.tests else {}
    below = dict(_files_below(folder.repo))
    found |= {name: below[name] for name in PathPatterns(folder.file.hidden, meaning="hidden").among(below)}
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
