"""E59: names, titles, outputs and answers that try to command a terminal, a browser or the reader's eyes."""

import asyncio
import json
import re
from pathlib import Path

from markdown_it import MarkdownIt

from swarm.core.plan import Plan, Subtask
from swarm.testing.endpoint import Answer, SimulatedEndpoint, step
from tests.integration.projects import as_json, file_scenario, git, make_repository, run_swarm

ESC = "\x1b"
EVIL = (
    f"{ESC}]0;title\x07{ESC}]52;c;cm0gLXJm\x07{ESC}]8;;http://evil.example\x07click{ESC}]8;;\x07{ESC}[2J{ESC}[31m\x9b1A"
    "\u202etxt.exe\u2066\u200b<script>alert(1)</script><img src=x onerror=alert(1)>[a](javascript:alert(1))"
)
OBEYED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2060-\u2069]")
MARKUP = re.compile(r"<(?:script|img|a)\b", re.IGNORECASE)


async def test_e59_nothing_foreign_is_obeyed(tmp_path: Path) -> None:
    name = "x\x1b[31m\u202ey.txt"
    repository = make_repository(tmp_path / "repository", {"README.md": "A project.\n", name: EVIL})
    git("checkout", "-q", "-b", "feature/\u202e<script>", cwd=repository)
    plan = Plan(
        subtasks=(
            Subtask(id="bad", title=EVIL[:200], instruction=EVIL, checks=("cat x*; false",)),
            Subtask(id="good", title=EVIL[:200], instruction=EVIL, checks=("cat x*",)),
        )
    )
    (tmp_path / "plan.json").write_text(as_json(plan))
    answer = Answer(
        subtask="*",
        steps=[
            step("shell", command="cat x*; ls; printf '\\033]52;c;AA\\007'"),
            step("list_files"),
            step("read_file", path=name),
            step("write_file", path=f"new{name}", content=EVIL),
            step("finish", summary=EVIL, decisions=[EVIL], concerns=[EVIL]),
        ],
    )
    home, shown = tmp_path / "home", ""
    async with SimulatedEndpoint(file_scenario(plan, answer)) as simulated:

        def swarm(*arguments: str) -> str:
            result = run_swarm(*arguments, home=home)
            assert result.returncode in {0, 1}, result.stderr
            return result.stdout + result.stderr

        common = ("--base-url", simulated.base_url, "--model", "m", "--sandbox", "none", "--display", "plain")
        arguments = ("run", EVIL, "--repo", str(repository), "--plan", str(tmp_path / "plan.json"), "--run-id", "r")
        shown += await asyncio.to_thread(swarm, *arguments, *common)
        for words in ("status r", "events r", "story r bad", "show r good", "list", "report r"):
            shown += await asyncio.to_thread(swarm, *words.split())
        lines = await asyncio.to_thread(swarm, "events", "r", "--json")
    assert "\\x1b]52;" in shown, "what is shown was never hostile"
    assert OBEYED.findall(shown) == []
    assert lines.isascii()
    assert all(json.loads(line) for line in lines.splitlines())
    report = (home / "runs" / "r" / "report.md").read_text()
    assert OBEYED.findall(report) == []
    html = MarkdownIt("commonmark", {"html": True}).enable(["table"]).render(report)
    assert MARKUP.findall(html) == []
