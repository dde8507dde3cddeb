"""Finds the folders that the programs on a search path need, so that a sandbox can show them and nothing more.

A ``bin`` folder outside the system's own folders stands for a toolchain: a virtual environment, a version of an
interpreter, an unpacked compiler. Its whole prefix is shown, read-only, where it looks like one; home folders,
source checkouts and anything doubtful are not: of those only the ``bin`` folder itself is.
"""

import os
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

SYSTEM_FOLDERS = tuple(map(Path, ("/usr", "/bin", "/sbin", "/lib", "/lib64", "/nix/store")))
SYSTEM_SEARCH_PATH = "/usr/local/bin:/usr/bin:/bin"

_PROGRAM_FOLDERS = frozenset({"bin", "sbin"})
_SIGNS_OF_A_PREFIX = ("pyvenv.cfg", "lib", "lib64", "libexec", "include")
# Version managers put scripts on the path which look for the real program at run time, in folders that a sandbox
# does not show. Those are replaced by the programs of the chosen version.
_SHIMS = "shims"
_PROXY = "rustup"
_MOST_LINKS = 4000


@dataclass(frozen=True, slots=True)
class Toolchains:
    """What a search path needs.

    Attributes:
        search_path: the value of ``PATH`` that works when ``folders`` are visible.
        folders: the folders outside the system's own, resolved, none inside another.
    """

    search_path: str
    folders: tuple[Path, ...]


def find_toolchains(search_path: str, *, home: Path) -> Toolchains:
    """Work out which folders to show for the programs of a search path.

    Args:
        search_path: the value of ``PATH``; relative, missing and unreadable entries are left out, and those of which
            no program would work.
        home: the home folder, which is never shown as a whole.
    """
    home = home.resolve()
    needs: dict[Path, set[Path]] = {}
    for entry in search_path.split(os.pathsep):
        for folder in _program_folders(Path(entry)):
            needs[folder] = set() if _is_system(folder) else _needed(folder, home)
    everything = set().union(*needs.values())
    programs = [folder for folder in needs if _is_system(folder) or _holds_programs(folder, everything)]
    folders = set().union(*(needs[folder] for folder in programs))
    visible = [*map(str, programs), *SYSTEM_SEARCH_PATH.split(os.pathsep)]
    return Toolchains(
        search_path=os.pathsep.join(dict.fromkeys(visible)),
        folders=tuple(sorted(folder for folder in folders if not folders.intersection(folder.parents))),
    )


def _program_folders(entry: Path) -> Iterator[Path]:
    """Yield the real folders of programs behind one entry of the search path."""
    try:
        if not entry.is_absolute() or not entry.is_dir():
            return
        folder = entry.resolve()
        if folder.name == _SHIMS:
            yield from _chosen_versions(folder.parent)
            return
        if (folder / "rustup").exists():
            yield from _chosen_rust(folder.parent.parent / ".rustup")
        yield folder
    except OSError:
        return


def _chosen_versions(manager: Path) -> Iterator[Path]:
    """Yield the ``bin`` folders of the versions that pyenv, rbenv, nodenv or the like use by default."""
    chosen = manager / "version"
    if not chosen.is_file():
        return
    for name in chosen.read_text(encoding="utf-8", errors="replace").split():
        programs = manager / "versions" / name / "bin"
        if programs.is_dir():
            yield programs.resolve()


def _chosen_rust(manager: Path) -> Iterator[Path]:
    """Yield the ``bin`` folder of the Rust toolchain that rustup uses by default; its proxies come after it."""
    try:
        settings = tomllib.loads((manager / "settings.toml").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return
    programs = manager / "toolchains" / str(settings.get("default_toolchain", "")) / "bin"
    if programs.is_dir():
        yield programs.resolve()


def _needed(programs: Path, home: Path) -> set[Path]:
    """Return the folders that the programs of one folder need: its prefix, and those that its links lead to."""
    needed = {_prefix(programs, home)}
    try:
        links = [Path(entry.path) for entry in os.scandir(programs) if entry.is_symlink()]
    except OSError:
        return needed
    for link in links[:_MOST_LINKS]:
        target = Path(os.path.realpath(link)).parent
        if target.name in _PROGRAM_FOLDERS and target.is_dir() and not _is_system(target):
            needed.add(_prefix(target, home))
    return needed


def _holds_programs(folder: Path, shown: Iterable[Path]) -> bool:
    """Whether a program of a folder works where nothing but these folders and the system's are shown.

    Links of version managers lead elsewhere, and rustup's proxies look elsewhere for what they stand for.
    """
    try:
        with os.scandir(folder) as entries:
            programs = (Path(os.path.realpath(entry.path)) for entry in islice(entries, _MOST_LINKS))
            return any(_works(program, shown) for program in programs)
    except OSError:
        return True


def _works(program: Path, shown: Iterable[Path]) -> bool:
    visible = _is_system(program) or any(map(program.is_relative_to, shown))
    return visible and program.name != _PROXY and program.is_file()


def _prefix(programs: Path, home: Path) -> Path:
    """Return the toolchain's folder for a folder of programs, or that folder itself where there is a doubt."""
    prefix = programs.parent
    private = {home, home / ".local", *home.parents}
    if programs.name not in _PROGRAM_FOLDERS or prefix in private or (prefix / ".git").exists():
        return programs
    return prefix if any((prefix / sign).exists() for sign in _SIGNS_OF_A_PREFIX) else programs


def _is_system(folder: Path) -> bool:
    return any(folder.is_relative_to(system) for system in SYSTEM_FOLDERS)
