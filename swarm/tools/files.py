"""The built-in tools for files. Each names exactly one file or folder of the workspace."""

from swarm.errors import ToolError
from swarm.protocols import ToolContext
from swarm.redaction import MASK
from swarm.text import neutralise_line
from swarm.tools.definition import tool
from swarm.tools.editing import replace_once
from swarm.tools.listing import render_listing

_MOST_CHARACTERS = 40_000
_MOST_LINES_LISTED = 300
_BINARY_SAMPLE = 8192


@tool(read_only=True)
def read_file(context: ToolContext, path: str, start: int = 1, end: int | None = None) -> str:
    """Read a text file, whole or in part. A long file is cut, with a note on how to read on.

    Args:
        path: The file, relative to the workspace.
        start: First line, from 1.
        end: Last line.
    """
    name = neutralise_line(path)
    data = context.workspace.files.read(path)
    if b"\0" in data[:_BINARY_SAMPLE]:
        raise ToolError(f"{name} is a binary file of {len(data)} bytes.")
    lines = _lines(data.decode(errors="replace"))
    if not lines:
        return f"({name} is empty)"
    last = len(lines) if end is None else min(end, len(lines))
    if start < 1 or start > len(lines) or last < start:
        raise ToolError(f"{name} has lines 1-{len(lines)}; there is no range {start}-{'' if end is None else end}.")
    return _excerpt(lines, start, last)


def _lines(text: str) -> list[str]:
    """Split into lines as grep and editors count them: at new lines only, which are kept."""
    *lines, last = text.split("\n")
    return [f"{line}\n" for line in lines] + ([last] if last else [])


def _excerpt(lines: list[str], start: int, last: int) -> str:
    """Return lines of a file, as many as fit, and a note unless that is all of it."""
    kept, size = start - 1, 0
    while kept < last and size + len(lines[kept]) <= _MOST_CHARACTERS:
        size += len(lines[kept])
        kept += 1
    if kept == start - 1:
        text = lines[kept][:_MOST_CHARACTERS]
        return f"{text}\n[line {start} of {len(lines)}, cut after {len(text)} of {len(lines[kept])} characters]"
    text = "".join(lines[start - 1 : kept])
    if start == 1 and kept == len(lines):
        return text
    more = f"; read on with start={kept + 1}" if kept < last else ""
    separator = "" if text.endswith("\n") else "\n"
    return f"{text}{separator}[lines {start}-{kept} of {len(lines)}{more}]"


@tool
def write_file(context: ToolContext, path: str, content: str) -> str:
    """Create a file or replace it whole; folders are created.

    Args:
        path: The file, relative to the workspace.
        content: The whole new content.
    """
    _refuse_mask(content)
    context.workspace.files.write(path, content.encode())
    count = len(_lines(content))
    return f"Wrote {count} line{'' if count == 1 else 's'} to {neutralise_line(path)}."


@tool
def edit_file(context: ToolContext, path: str, old: str, new: str) -> str:
    """Replace one piece of a file. The text in old must occur exactly once, spaces and line ends included.

    Args:
        path: The file, relative to the workspace.
        old: The text to replace, with enough lines around it to be unique.
        new: The text to put there.
    """
    name = neutralise_line(path)
    files = context.workspace.files
    _refuse_mask(old + new)
    data, line = replace_once(files.read(path), old, new, path=name)
    files.write(path, data)
    return f"Changed {name} at line {line}."


def _refuse_mask(text: str) -> None:
    """Refuse to write what stands for a secret in place of it: the file would lose it."""
    if MASK in text:
        raise ToolError(
            f"'{MASK}' stands for a secret that you are not shown. Leave its line alone: change the lines around it "
            "with edit_file."
        )


@tool(read_only=True)
def list_files(context: ToolContext, path: str = ".") -> str:
    """List the files below a folder. Folders with very many files are shown closed, with a count.

    Args:
        path: The folder, relative to the workspace.
    """
    return render_listing(context.workspace.files.walk(path), most_lines=_MOST_LINES_LISTED)
