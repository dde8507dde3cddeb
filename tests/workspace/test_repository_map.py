"""The map of a repository that planners see: files and what they define."""

from pathlib import Path

import pytest

from swarm.workspace.git import Git
from swarm.workspace.repository import RunRepository
from swarm.workspace.repository_map import MAP_BYTES, map_repository
from swarm.workspace.symbols import symbols_line
from tests.integration.projects import git, make_repository


async def mapped(path: Path, files: dict[str, str], goal: str = ""):  # type: ignore[no-untyped-def]
    repository = make_repository(path, files)
    run = RunRepository.open(repository / ".git", run_id="r", git=Git())
    return await map_repository(run, git("rev-parse", "HEAD", cwd=repository), goal=goal)


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [
        ("a.py", "class A(B):\n    def go(self):\n    def _no(self):\n\nasync def main():\n", "A (go), main"),
        ("a.ts", "export default class A {}\nexport async function go() {}\nconst f = (x) => x\n", "A, go, f"),
        ("a.go", "func (s *Server) Serve() {}\ntype Server struct{}\n", "Serve, Server"),
        ("a.rs", "pub struct A;\nimpl A {\n    pub async fn go() {}\n    fn no() {}\n}\n", "A, go"),
        ("a.c", "int main(int argc, char **argv) {\n  return f(1);\n}\nstatic void go(void)\n{\n}\n", "main, go"),
        ("A.java", "public final class A {\n}\n", "A"),
        ("a.rb", "module M\n  def go!\n", "M, go!"),
        ("a.sh", "go() {\n}\n", "go"),
        ("a.txt", "def nothing():\n", ""),
        ("a.py", "x = def " * 100_000, ""),
    ],
)
def test_what_files_define(path: str, text: str, line: str) -> None:
    assert symbols_line(path, text) == line


def test_a_line_of_symbols_is_bounded() -> None:
    assert len(symbols_line("a.py", "".join(f"def f{number}(): ...\n" for number in range(10_000)))) <= 220


async def test_the_map_holds_files_symbols_and_tests(tmp_path: Path) -> None:
    seen = await mapped(
        tmp_path / "repository",
        {
            "src/parser.py": "class Parser:\n    def parse(self): ...\n",
            "tests/test_parser.py": "def test_it(): ...\n",
            "bad\x1bname.py": "def f(): ...\n",
        },
    )
    assert "src/parser.py: Parser (parse)" in seen.text
    assert "tests/test_parser.py: test_it" in seen.text
    assert "\x1b" not in seen.text
    assert "src/parser.py" in seen.files


async def test_the_map_fits_and_shows_first_what_the_goal_names(tmp_path: Path) -> None:
    files = {f"d{n % 20}/file{n}.py": f"class Class{n}:\n" + "    def method(self): ...\n" * 9 for n in range(900)}
    seen = await mapped(tmp_path / "repository", files, goal="Rewrite d9/file849.py.")
    assert len(seen.text.encode()) <= MAP_BYTES + 100
    assert seen.text.partition("What they define:\n\n")[2].startswith("d9/file849.py: Class849")
    assert "more files" in seen.text
    assert len(seen.files) == 900
