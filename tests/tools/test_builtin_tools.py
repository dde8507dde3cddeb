"""The built-in tools on real files and real processes."""

import hashlib
import json
from pathlib import Path

import pytest
from inline_snapshot import snapshot

from swarm.protocols import ToolContext
from swarm.tools.builtin import builtin_tools
from swarm.tools.toolbox import Toolbox
from swarm.workspace.choosing import probe_bwrap
from swarm.workspace.sandbox import Sandbox, SandboxLevel
from tests.tools.folder_workspace import FolderWorkspace


class Calls:
    def __init__(self, root: Path, level: SandboxLevel) -> None:
        self.root = root
        self.context = ToolContext(FolderWorkspace(root, Sandbox(level)))
        self.toolbox = Toolbox(builtin_tools())

    async def __call__(self, name: str, **arguments: object) -> str:
        outcome = await self.toolbox.call(name, json.dumps(arguments), self.context)
        assert not outcome.failed, outcome.content
        return outcome.content

    async def failing(self, name: str, **arguments: object) -> str:
        outcome = await self.toolbox.call(name, json.dumps(arguments), self.context)
        assert outcome.failed, outcome.content
        return outcome.content


@pytest.fixture(params=list(SandboxLevel))
async def calls(request: pytest.FixtureRequest, tmp_path: Path) -> Calls:
    if request.param is SandboxLevel.BWRAP and (reason := await probe_bwrap()):
        pytest.skip(reason)
    return Calls(tmp_path, request.param)


@pytest.fixture
def plain(tmp_path: Path) -> Calls:
    return Calls(tmp_path, SandboxLevel.NONE)


def test_what_models_are_told_changes_only_on_purpose() -> None:
    """Every byte of this is in every prompt: a change makes every cached prefix worthless."""
    told = json.dumps([[spec.name, spec.description, spec.parameters] for spec in Toolbox(builtin_tools()).specs])
    assert len(told) == snapshot(3553)
    assert hashlib.sha256(told.encode()).hexdigest()[:16] == snapshot("972fa198f9b452ff")


def test_arguments_are_the_contract() -> None:
    specs = {spec.name: spec.parameters for spec in Toolbox(builtin_tools()).specs}
    assert {name: (list(s["properties"]), s["required"]) for name, s in specs.items() if "required" in s} == {
        "edit_file": (["path", "old", "new"], ["path", "old", "new"]),
        "finish": (["summary", "decisions", "concerns"], ["summary"]),
        "give_up": (["reason"], ["reason"]),
        "read_file": (["path", "start", "end"], ["path"]),
        "search": (["pattern", "path"], ["pattern"]),
        "shell": (["command", "timeout_s"], ["command"]),
        "split": (["reason", "parts"], ["reason", "parts"]),
        "write_file": (["path", "content"], ["path", "content"]),
    }
    assert list(specs["list_files"]["properties"]) == ["path"]
    assert {tool.spec.name for tool in builtin_tools() if tool.read_only} == {"list_files", "read_file", "search"}


async def test_write_read_edit_list(plain: Calls) -> None:
    assert await plain("write_file", path="src/a.py", content="one\ntwo\n") == "Wrote 2 lines to src/a.py."
    assert await plain("read_file", path="src/a.py") == "one\ntwo\n"
    assert await plain("edit_file", path="src/a.py", old="two", new="three") == "Changed src/a.py at line 2."
    assert await plain("read_file", path="src/a.py", start=2) == "three\n[lines 2-2 of 2]"
    assert await plain("list_files") == "src/a.py"
    assert await plain("list_files", path="src") == "src/a.py"
    assert "There is no file 'src/b.py'; in 'src' there are: a.py." in await plain.failing("read_file", path="src/b.py")
    assert "outside the workspace" in await plain.failing("write_file", path="../x", content="")


async def test_reading_in_parts(plain: Calls) -> None:
    await plain("write_file", path="long", content="".join(f"{n} {'x' * 90}\n" for n in range(1, 1001)))
    first = await plain("read_file", path="long")
    assert first.startswith("1 x")
    note = first.splitlines()[-1]
    assert note.startswith("[lines 1-")
    following = int(note.rpartition("=")[2].rstrip("]"))
    assert (await plain("read_file", path="long", start=following)).startswith(f"{following} x")
    part = await plain("read_file", path="long", start=10, end=11)
    assert [line.split()[0] for line in part.splitlines()] == ["10", "11", "[lines"]
    assert "has lines 1-1000" in await plain.failing("read_file", path="long", start=1001)
    assert "has lines 1-1000" in await plain.failing("read_file", path="long", start=5, end=4)


async def test_reading_odd_files(plain: Calls) -> None:
    (plain.root / "empty").touch()
    (plain.root / "binary").write_bytes(b"\x7fELF\0\0")
    (plain.root / "latin").write_bytes(b"caf\xe9")
    (plain.root / "wide").write_text("x" * 100_000 + "\nend")
    (plain.root / "form-feed").write_text("a\x0cb\u2028c\nd\n")
    assert await plain("read_file", path="empty") == "(empty is empty)"
    assert "binary file of 6 bytes" in await plain.failing("read_file", path="binary")
    assert await plain("read_file", path="latin") == "caf\ufffd"
    assert (await plain("read_file", path="wide")).endswith("[line 1 of 2, cut after 40000 of 100001 characters]")
    assert await plain("read_file", path="wide", start=2) == "end\n[lines 2-2 of 2]"
    assert await plain("read_file", path="form-feed", start=2) == "d\n[lines 2-2 of 2]"


async def test_shell(calls: Calls) -> None:
    assert await calls("shell", command="echo hi; exit 3") == "exit code 3\nhi"
    assert await calls("shell", command="true") == "exit code 0"
    assert await calls("shell", command="touch made; echo x; sleep 60", timeout_s=1) == (
        "stopped at its time limit of 1 s\nx"
    )
    assert (calls.root / "made").exists()
    assert "ended by SIGKILL" in await calls("shell", command="bash -c 'kill -9 $$'")
    long = await calls("shell", command="seq 100000")
    assert len(long) < 21_000
    assert "left out" in long
    assert "less than or equal to 1800" in await calls.failing("shell", command="x", timeout_s=1801)
    assert "empty" in await calls.failing("shell", command=" ")
    assert "empty" in await calls.failing("shell", command="a\0b")
    assert "too long" in await calls.failing("shell", command="x" * 100_001)


async def test_search(calls: Calls) -> None:
    (calls.root / "src").mkdir()
    (calls.root / ".git").mkdir()
    (calls.root / ".git" / "config").write_text("needle\n")
    (calls.root / "src" / "b.py").write_text("x\nneedle 12\n")
    (calls.root / "src" / "a.py").write_text("NEEDLE\nneedle\n")
    (calls.root / "binary").write_bytes(b"\0needle\n")
    (calls.root / "new\x1bname").write_text("needle\n")
    assert await calls("search", pattern="needle") == (
        "new\\x1bname:1: needle\nsrc/a.py:2: needle\nsrc/b.py:2: needle 12"
    )
    assert await calls("search", pattern=r"needle\s\d+$", path="src") == "src/b.py:2: needle 12"
    assert await calls("search", pattern="(?i)needle", path="src/a.py") == "src/a.py:1: NEEDLE\nsrc/a.py:2: needle"
    assert await calls("search", pattern="needle", path="/workspace/src/a.py") == "src/a.py:2: needle"
    assert await calls("search", pattern="absent") == "No line matches."
    assert await calls("search", pattern="-rf 'quoted'; touch pwned") == "No line matches."
    assert not (calls.root / "pwned").exists()
    assert "grep refused" in await calls.failing("search", pattern="(")
    assert "No such file" in await calls.failing("search", pattern="x", path="none")
    for path in ("../outside", "/etc", "/workspace/../x"):
        assert "stay inside" in await calls.failing("search", pattern="x", path=path)
    assert "one line" in await calls.failing("search", pattern="a\nb")


async def test_search_is_bounded(calls: Calls) -> None:
    (calls.root / "many").write_text(f"needle {'x' * 2000}\n" * 5000)
    lines = (await calls("search", pattern="needle")).splitlines()
    assert lines[-1] == "[there are more hits: use a narrower pattern or path]"
    assert 150 < len(lines) <= 201
    assert max(map(len, lines)) < 320


@pytest.mark.timeout(40)
async def test_a_pattern_that_takes_for_ever_ends(calls: Calls) -> None:
    (calls.root / "evil").write_text("a" * 5000 + "!\n")
    outcome = await calls.toolbox.call("search", json.dumps({"pattern": "(a+)+(a+)+$"}), calls.context)
    assert outcome.failed or outcome.content == "No line matches."
