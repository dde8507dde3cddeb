"""The built-in tool that searches file contents.

The pattern is the model's and the files are the repository's, so a pattern can take forever: grep runs in the
sandbox, with a time limit, instead of Python's ``re`` in this process, where nothing could stop it.
"""

import posixpath
import re
import shlex

from swarm.errors import ToolError
from swarm.protocols import ToolContext
from swarm.text import neutralise_line
from swarm.tools.definition import tool

_TIMEOUT_S = 20.0
_MOST_HITS = 200
# Together less than what is kept of a command's output.
_MOST_LINES_READ = 210
_LONGEST_LINE = 300
_LONGEST_PATTERN = 2000
_ENDED = re.compile(r"^grep-ended (\d+)$", re.MULTILINE)
_NOTHING_FOUND = 1
_SANDBOX_ROOT = "/workspace/"

# Without a line of its own the end of grep would be lost in the pipe. Perl's patterns where grep has them.
_COMMAND = """\
LC_ALL=C.UTF-8; export LC_ALL; dialect=E
if echo a | grep -qP a 2>/dev/null; then dialect=P; fi
{{ grep -rnHIZ$dialect --exclude-dir=.git -e {pattern} -- {path} 2>&1; printf '\\ngrep-ended %s\\n' $?; }} \\
| cut -b 1-{width} | head -n {lines}"""


@tool(read_only=True)
async def search(context: ToolContext, pattern: str, path: str = ".") -> str:
    r"""Search file contents with a regular expression. Returns hits as "path:line: text".

    Args:
        pattern: Regular expression, matched within a line.
        path: File or folder to search.
    """
    _check(pattern, path)
    command = _COMMAND.format(
        pattern=shlex.quote(pattern), path=shlex.quote(_relative(path)), width=_LONGEST_LINE, lines=_MOST_LINES_READ
    )
    result = await context.workspace.run(command, timeout_s=_TIMEOUT_S)
    hits = _hits(result.output)
    if result.exit_code is None and not hits:
        raise ToolError(f"The search took longer than {_TIMEOUT_S:.0f} s. Use a simpler pattern or a smaller folder.")
    ended = _ENDED.search(result.output)
    if not hits and ended and int(ended[1]) > _NOTHING_FOUND:
        raise ToolError(f"grep refused: {neutralise_line(result.output[: ended.start()].strip())}")
    if not hits:
        return "No line matches."
    lines = [f"{neutralise_line(name)}:{number}: {text}" for name, number, text in hits[:_MOST_HITS]]
    if len(hits) > _MOST_HITS or not ended:
        lines.append("[there are more hits: use a narrower pattern or path]")
    return "\n".join(lines)


def _check(pattern: str, path: str) -> None:
    if not pattern or "\n" in pattern or "\0" in pattern:
        raise ToolError("Wrong arguments: 'pattern' must be one line, and not empty.")
    if len(pattern) > _LONGEST_PATTERN:
        raise ToolError(f"Wrong arguments: 'pattern' is longer than {_LONGEST_PATTERN} characters.")
    if not path or "\0" in path or path.removeprefix(_SANDBOX_ROOT).startswith("/") or ".." in path.split("/"):
        raise ToolError("Wrong arguments: 'path' must be relative to the workspace and stay inside.")


def _relative(path: str) -> str:
    """Return the path without ``.`` and with ``./`` before it, so that it is never taken for an option."""
    return f"./{posixpath.normpath(path.removeprefix(_SANDBOX_ROOT) or '.')}"


def _hits(output: str) -> list[tuple[str, int, str]]:
    """Return the hits that arrived whole, sorted. grep puts a NUL after the name, which no name can hold."""
    hits = []
    for line in output.split("\n"):
        name, found, rest = line.partition("\0")
        number, separator, text = rest.partition(":")
        if found and separator and number.isdigit():
            hits.append((posixpath.normpath(name), int(number), text))
    return sorted(hits)
