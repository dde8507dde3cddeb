"""`swarm doctor` as a person or a script calls it."""

import asyncio
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from swarm.doctor.findings import Level
from swarm.doctor.machine import examine_machine
from tests.doctor.capable_server import CapableServer
from tests.doctor.dialect_rows import rows
from tests.llm.llm_servers import serving

PAGE = Path(__file__).parents[2] / "docs" / "doctor.md"


@dataclass
class Outcome:
    code: int
    out: str
    err: str

    @property
    def report(self) -> dict[str, Any]:
        value: dict[str, Any] = json.loads(self.out)
        return value


async def swarm(tmp_path: Path, *arguments: str, **environment: str) -> Outcome:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SWARM_", "OPENAI_"))}
    own = {"SWARM_HOME": str(tmp_path / "home"), "XDG_CONFIG_HOME": str(tmp_path / "config")}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "swarm", "doctor", "--sandbox", "none", *arguments,
        env=kept | own | environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await process.communicate()
    assert process.returncode is not None
    return Outcome(process.returncode, out.decode(), err.decode())


async def test_without_an_endpoint_the_machine_is_examined(tmp_path: Path) -> None:
    shown = await swarm(tmp_path)
    assert (shown.code, "git" in shown.out, "no endpoint is configured" in shown.err) == (0, True, True)
    report = (await swarm(tmp_path, "--json")).report
    assert (report["ok"], report["endpoint"]) == (True, None)
    assert [finding["subject"] for finding in report["machine"]] == [
        "python", "git", "sandbox", "sqlite", "state", "disk", "processors",
    ]  # fmt: skip


async def test_an_endpoint_is_examined_and_its_profile_is_used_by_the_next_one(tmp_path: Path) -> None:
    arguments = ("--model", "m", "--concurrency", "2")
    async with serving(CapableServer(tools="printed", refuses=("stream_options",))) as server:
        address = ("--base-url", server.base_url)
        shown = await swarm(tmp_path, *address, *arguments, "--write-profile")
        assert shown.code == 0, shown.err
        assert "one action a turn, held to a JSON Schema" in " ".join(shown.out.split())
        assert "spent: " in shown.err
        [profile] = (tmp_path / "config" / "swarm" / "profiles").iterdir()
        assert f"profile: {profile}" in shown.err
        asked = len(server.received)
        report = (await swarm(tmp_path, *address, *arguments, "--json")).report
    assert report["endpoint"]["profile"]["ways"]["stream_usage"] == []
    assert not any("stream_options" in sent.payload for sent in server.received[asked:] if sent.body)
    assert report["endpoint"]["spent"]["requests"] == sum(1 for sent in server.received[asked:] if sent.body)


async def test_keys_and_endpoints_that_do_not_work_have_exit_codes(tmp_path: Path) -> None:
    async with serving(CapableServer()) as server:
        wrong = await swarm(tmp_path, "--base-url", server.base_url, "--model", "other", "--write-profile")
    gone = await swarm(tmp_path, "--base-url", server.base_url, "--model", "m", "--json")
    assert (wrong.code, gone.code) == (3, 4)
    assert "no profile is written" in wrong.err
    assert gone.report["endpoint"]["findings"][0]["level"] == "problem"
    assert (await swarm(tmp_path, "--write-profile")).code == 2
    assert (await swarm(tmp_path, "--base-url", server.base_url)).code == 3  # no model is named


async def test_a_damaged_profile_is_a_clear_error(tmp_path: Path) -> None:
    folder = tmp_path / "config" / "swarm" / "profiles"
    folder.mkdir(parents=True)
    (folder / "127.0.0.1-9_m.toml").write_text("[ways]\nx = 1\n")
    shown = await swarm(tmp_path, "--base-url", "http://127.0.0.1:9/v1", "--model", "m")
    assert shown.code == 3
    assert "127.0.0.1-9_m.toml" in shown.err


async def test_what_a_machine_lacks_is_a_problem_with_a_hint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setenv("PATH", str(tmp_path))
    found = await examine_machine(blocked / "home", sandbox="auto")
    problems = {finding.subject: finding.hint for finding in found if finding.level is Level.PROBLEM}
    assert set(problems) >= {"git", "state"}
    assert all(problems.values())


def test_the_page_shows_the_dialects_as_they_are() -> None:
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    assert [row for row in rows() if row not in lines] == []
