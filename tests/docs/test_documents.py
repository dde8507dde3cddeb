"""What the documents show works as it stands: commands, Python, plans, tasks, scenarios, settings, links."""

import ast
import asyncio
import json
import re
import sys
import tomllib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from swarm.cli.app import make_app
from swarm.config import EndpointTable, Settings
from swarm.core.events import EVENT_TYPES
from swarm.core.limits import Limits
from swarm.core.patch import PlanPatch
from swarm.core.plan import Plan, Subtask
from swarm.core.task import TaskFile
from swarm.errors import SwarmError
from swarm.testing.endpoint import Scenario, SimulatedEndpoint, load_scenario
from swarm.tools.builtin import builtin_tools
from swarm.tools.control import CONTROL_SPECS
from swarm.workspace.choosing import probe_bwrap
from tests.docs.pages import LANGUAGES, ROOT, Block, Part, ShellLine, blocks, headings, pages, parts, shell_lines, words
from tests.docs.shell_session import ShellSession

SCENARIO = Path(__file__).with_name("scenario.toml")
# Programs that a page may name but a test does not start: they install, serve models, or take long.
ELSEWHERE = {"apt", "llama-server", "make", "ollama", "pip", "pipx", "uv", "vllm", "source"}
OURS = {"swarm", "git", "cat", "curl", "head", "mkdir", "cp", "ls", "test", "python3"}
PAGES = pages()
PARTS = [part for page in PAGES for part in parts(page)]
PART_S = 90


def name_of(page: Path) -> str:
    return page.stem


@pytest.fixture
async def session(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[ShellSession]:
    page: Path = request.getfixturevalue("part").page
    raw = tomllib.loads(SCENARIO.read_text())
    raw["models"] = sorted(
        set(re.findall(r"(?:-model |_MODEL=|model=\"|model = \")([\w.:/-]+)", page.read_text())) | set(raw["models"])
    )
    async with SimulatedEndpoint(Scenario.model_validate(raw)) as endpoint:
        shell = ShellSession(tmp_path, endpoint, sandboxed=not await probe_bwrap())
        await shell.prepare()
        try:
            yield shell
        finally:
            await shell.close()


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_block_says_what_it_is(page: Path) -> None:
    unknown = [
        f"{page.name}:{block.line}: {block.language!r}" for block in blocks(page) if block.language not in LANGUAGES
    ]
    assert unknown == []


@pytest.mark.timeout(PART_S + 10)
@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
async def test_what_a_page_shows_works(part: Part, session: ShellSession) -> None:
    async with asyncio.timeout(PART_S):
        if part.before:
            code, _, err = await session.run(part.before)
            assert code == 0, f"{part.page.name}: {part.before}: {err}"
        for block in part.blocks:
            place = f"{part.page.name}:{block.line}"
            if block.language in ("sh", "console"):
                await run_shell(block, place, session)
            elif block.language in ("toml", "json"):
                await read_data(block, place, session)
        await run_python(part, session)


# -- commands ----------------------------------------------------------------------------------------------------


async def run_shell(block: Block, place: str, session: ShellSession) -> None:
    if block.mark == "script":
        code, out, err = await session.run(block.text)
        assert code == 0, f"{place}: {out}{err}"
        return
    for line in shell_lines(block):
        if block.mark == "not run":
            check_unrun(line, place)
        else:
            await run_line(line, f"{place} ({line.text})", session)


async def run_line(line: ShellLine, place: str, session: ShellSession) -> None:
    found = words(line.text)
    if session.set_or_enter(line.text):
        return
    if found[0] in ELSEWHERE or found[0].startswith(".venv/"):
        check_unrun(line, place)
        return
    program = next(word for word in found if not re.match(r"[A-Z_]+=", word))
    assert program in OURS, f"{place}: nobody knows this program"
    if program == "swarm" and found[1:2] == ["simulate"]:
        await session.serve(line.text)
        return
    code, out, err = await session.run(line.text)
    assert code == line.exit_code, f"{place}: exit code {code}\n{out}\n{err}"
    assert "Traceback" not in err, place


def check_unrun(line: ShellLine, place: str) -> None:
    found = words(line.text)
    if found[0] == "swarm":
        parse(found[1:], place)
    elif found[0] == "make":
        targets = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
        assert set(found[1:]) <= set(targets), place
    elif found[0] in ("pip", "pipx", "uv"):
        project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["name"]
        assert any(word.startswith((project, f"{project}[", ".")) for word in found[1:]), place
    missing = [word for word in found if re.match(r"(tests|swarm|docs|examples|benchmarks|tasks)/", word)]
    assert [word for word in missing if not (ROOT / word).exists()] == [], place


def parse(arguments: list[str], place: str) -> None:
    """Check that the command and its flags exist."""
    group: Any = get_command(make_app())
    with group.make_context("swarm", list(arguments)) as context:
        name, command, rest = group.resolve_command(context, list(arguments))
        assert command is not None, place
        command.make_context(name, rest, parent=context)


# -- data --------------------------------------------------------------------------------------------------------


async def read_data(block: Block, place: str, session: ShellSession) -> None:
    if block.mark == "not run":
        return
    if block.mark == "output of":
        assert set(json.loads(block.text)) == await session.keys(block.value), place
        return
    if block.mark == "file":
        path = (session.current / block.value).resolve()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.text)
    raw = tomllib.loads(block.text) if block.language == "toml" else json.loads(block.text)
    check_data(raw, block, place, session.folder)


def check_data(raw: Any, block: Block, place: str, folder: Path) -> None:
    """Validate a file by what it holds."""
    if isinstance(raw, list) or "subtasks" in raw:
        Plan.parse(block.text, source=place, toml=block.language == "toml")
    elif "drop" in raw:
        PlanPatch.parse(block.text, source=place)
    elif "task" in raw:
        TaskFile.parse(block.text, source=place)
    elif "answers" in raw:
        check_scenario(block.text, folder / "scenario-check")
    else:
        assert set(raw) <= set(Settings.model_fields), f"{place}: nobody knows what this is"
        for table in raw.get("endpoints", ()):
            EndpointTable.model_validate(table)


def check_scenario(text: str, folder: Path) -> None:
    plan = {"subtasks": [{"id": "a", "instruction": "A", "writes": ["src/a.py"], "checks": ["true"]}]}
    for name, content in {"simulation/plan.json": json.dumps(plan), "solution/src/a.py": "A = 1\n"}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)
    (folder / "simulation" / "scenario.toml").write_text(text)
    assert load_scenario(folder / "simulation" / "scenario.toml").answers


# -- Python ------------------------------------------------------------------------------------------------------


async def run_python(part: Part, session: ShellSession) -> None:
    """Run a part's Python in one namespace, each line at the number that it has in the page."""
    program: list[str] = []
    page = part.page
    for block in part.blocks:
        if block.language == "python" and block.mark == "not run":
            compile(block.text, f"{page.name}:{block.line}", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        elif block.language == "python":
            program += [""] * (block.line - 1 - len(program)) + block.text.splitlines()
    if not program:
        return
    script = session.folder / f"{page.stem}.py"
    text = "\n".join(program) + "\n"
    if not session.sandboxed:
        text = text.replace("Swarm(endpoint", 'Swarm(endpoint, sandbox="none"').replace(
            "run_sync(endpoint, task", 'run_sync(endpoint, task, sandbox="none"'
        )
    script.write_text(text)
    session.environment |= {"OPENAI_BASE_URL": session.endpoint.base_url, "OPENAI_MODEL": "sim"}
    session.current = session.folder / "project"
    code, out, err = await session.run(f"'{sys.executable}' '{script}'")
    assert code == 0, f"{page.name}: {out}{err}"


# -- links and lists ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"https?://|mailto:", target):
            continue
        name, _, anchor = target.partition("#")
        linked = (page.parent / name).resolve() if name else page
        if not linked.exists() or (anchor and anchor not in headings(linked.read_text(encoding="utf-8"))):
            broken.append(target)
    assert broken == []


def test_every_command_and_every_flag_is_described() -> None:
    text = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    group: Any = get_command(make_app())
    for name, command in group.commands.items():
        section = re.search(rf"^### `swarm {name}`\n(.*?)(?=^##|\Z)", text, re.MULTILINE | re.DOTALL)
        assert section, f"docs/cli.md has no section on swarm {name}"
        flags = {flag for parameter in command.params for flag in parameter.opts if flag.startswith("--")}
        described = set(re.findall(r"--[a-z][a-z-]*", section[1]))
        assert flags - {"--help"} <= described, f"swarm {name}: not described: {flags - described}"


def test_the_simulated_endpoint_takes_the_same_options_alone() -> None:
    group: Any = get_command(make_app())
    flags = {flag for parameter in group.commands["simulate"].params for flag in parameter.opts}
    source = (ROOT / "swarm" / "testing" / "endpoint" / "__main__.py").read_text()
    assert set(re.findall(r'"(--[a-z-]+)"', source)) == flags


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_files_that_a_page_names_exist(page: Path) -> None:
    named = re.findall(r"`((?:swarm|tests|docs|examples|benchmarks)/[a-z0-9_./-]+)`", page.read_text(encoding="utf-8"))
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_every_limit_event_field_and_exit_code_is_described() -> None:
    def described(page: str, pattern: str) -> set[str]:
        return set(re.findall(pattern, (ROOT / "docs" / page).read_text(encoding="utf-8"), re.MULTILINE))

    page = (ROOT / "docs" / "tasks-and-plans.md").read_text(encoding="utf-8")
    limits = page[page.index("\n## Limits\n") :].split("\n## ", 2)[1]
    assert set(Limits.model_fields) == set(re.findall(r"^\| `([a-z_]+)` \|", limits, re.MULTILINE))
    assert set(Subtask.model_fields) <= described("tasks-and-plans.md", r"^\| `([a-z_]+)` \|")
    assert set(EVENT_TYPES) <= described("cli.md", r"`([a-z_]+)`")
    codes = {str(error.exit_code) for error in all_errors(SwarmError)}
    assert codes <= described("cli.md", r"\b(\d+)\b")
    tools = {tool.spec.name for tool in builtin_tools()} | {spec.name for spec in CONTROL_SPECS}
    assert tools <= described("python-api.md", r"`([a-z_]+)`")


def test_the_demo_is_as_large_as_the_page_says() -> None:
    plan = json.loads((ROOT / "tasks" / "spreadsheet" / "simulation" / "plan.json").read_text())
    assert f"of {len(plan['subtasks'])} subtasks" in (ROOT / "docs" / "getting-started.md").read_text()


def all_errors(kind: type[SwarmError]) -> list[type[SwarmError]]:
    return [kind, *(error for below in kind.__subclasses__() for error in all_errors(below))]


def test_no_page_speaks_of_this_machine() -> None:
    told = [page.name for page in PAGES if re.search(r"/root/|/work/|/home/[a-z]+/(?!\.\.\.)", page.read_text())]
    assert told == []
