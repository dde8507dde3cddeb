"""The commands that a simulated sandbox knows: enough to change files, to repeat oneself, and to check work.

``append PATH LINE`` adds a line, and is not to be done twice. ``resolve`` takes conflict markers out, ``cleanse`` what
spoils the whole. ``check NAME PATH...`` is whether a subtask's work is there, ``whole`` whether all of it fits
together, ``sane`` whether nothing is spoiled that was sound before.
"""

from swarm.testing.simulation.objects import Tree, is_conflicted, lines_of, resolved

CHANGING = frozenset({"append", "cleanse", "resolve"})
OF_THE_RUN = frozenset({"sane", "whole"})
"""Checks of all files together."""

POISON = b"poison "


def work_file(subtask_id: str) -> str:
    """Return the path of the file that is a subtask's own."""
    return f"src/{subtask_id}.txt"


def work_line(subtask_id: str) -> str:
    """Return the line that a subtask's own file must hold."""
    return f"work of {subtask_id}"


def rubric_of(subtask_id: str) -> str:
    """Return what a judge goes by where no check looks at a subtask's work."""
    return f"The change adds {work_line(subtask_id)!r}."


def execute(command: str, files: dict[str, bytes], *, glue: bool) -> tuple[int, str]:
    """Carry a command out on a workspace's files and return its exit code and output."""
    name, *arguments = command.split()
    match name, arguments:
        case "append", [path, line]:
            files[path] = files.get(path, b"") + f"{line}\n".encode()
            return 0, ""
        case "resolve", []:
            conflicted = [path for path, data in files.items() if is_conflicted(data)]
            files.update({path: resolved(files[path]) for path in conflicted})
            return 0, f"resolved {len(conflicted)}"
        case "cleanse", []:
            spoiled = spoiled_files(files)
            for path in spoiled:
                kept = [line for line in lines_of(files[path]) if not line.startswith(POISON)]
                files[path] = b"".join(line + b"\n" for line in kept)
            return 0, f"cleansed {len(spoiled)}"
        case "sane", []:
            spoiled = spoiled_files(files)
            return (1, f"spoiled: {', '.join(spoiled)}") if spoiled else (0, "OK")
        case "check", [subtask_id, *shared]:
            missing = missing_work(files, subtask_id, tuple(shared))
            return (1, missing) if missing else (0, "OK")
        case "whole", []:
            return whole(files, glue=glue)
        case _:
            return 127, f"{name}: command not found"


def spoiled_files(files: Tree) -> list[str]:
    """Return the paths of the files that spoil the whole."""
    return sorted(path for path, data in files.items() if any(line.startswith(POISON) for line in lines_of(data)))


def missing_work(files: Tree, subtask_id: str, shared: tuple[str, ...]) -> str:
    """Say what is missing of a subtask's work, or return an empty string."""
    if work_line(subtask_id).encode() not in lines_of(files.get(work_file(subtask_id))):
        return f"{work_file(subtask_id)} does not hold {work_line(subtask_id)!r}"
    for path in shared:
        if subtask_id.encode() not in lines_of(files.get(path)):
            return f"{path} does not hold {subtask_id!r}"
        if is_conflicted(files[path]):
            return f"{path} holds conflict markers"
    return ""


def whole(files: Tree, *, glue: bool) -> tuple[int, str]:
    """Judge all files together."""
    conflicted = sorted(path for path, data in files.items() if is_conflicted(data))
    if conflicted:
        return 1, f"conflict markers in {', '.join(conflicted)}"
    if glue and "glue.txt" not in files:
        return 1, "glue.txt is missing"
    return 0, "OK"
