"""A real run with canaries in environment, config, repository, headers and the words of its server: none is kept."""

import asyncio
import http.server
import json
import subprocess
import tarfile
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar, cast

import pytest

from swarm.journal.reader import JournalReader
from swarm.journal.spool import ReplySpool
from swarm.redaction import know
from swarm.testing.endpoint import Answer, SimulatedEndpoint, step
from tests.integration.projects import (
    as_json,
    environment,
    file_plan,
    file_scenario,
    kill_after_events,
    make_repository,
    swarm_command,
)

KEY = "sk-CANARY-config-4f1d77aa"
IN_ENVIRONMENT = "CANARYenvironment5521"
IN_REPOSITORY = "sk-CANARY-repository-90ab12cd"
CANARIES = (KEY, IN_ENVIRONMENT, IN_REPOSITORY)
LOOK = "cat .env; echo $DEPLOY_TOKEN; cat /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n'"


class TalkativeServer(http.server.BaseHTTPRequestHandler):
    """Passes calls on to the simulated endpoint, and gives away the key that it was sent as often as it can."""

    target = ""
    bodies: ClassVar[list[bytes]]
    calls = 0

    def do_GET(self) -> None:
        self.pass_on(None)

    def do_POST(self) -> None:
        kind = type(self)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        kind.bodies.append(body)
        kind.calls += 1
        said = f"invalid request with headers {dict(self.headers)}"
        error = json.dumps({"error": {"message": said, "type": "server_error", "code": self.headers["Authorization"]}})
        if kind.calls == 2:
            self.answer(500, "application/json", error.encode())
        elif kind.calls == 4:
            self.answer(200, "text/event-stream", f"data: {error}\n\n".encode())
        else:
            self.pass_on(body)

    def pass_on(self, body: bytes | None) -> None:
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.target}{self.path.removeprefix('/v1')}", body, headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                kind, data = response.headers["Content-Type"], response.read()
        except urllib.error.HTTPError as error:
            self.answer(error.code, "application/json", error.read())
            return
        # What the model is made to say of it.
        key = self.headers["Authorization"] or ""
        self.answer(200, kind, data.replace(b"THE-KEY", key.removeprefix("Bearer ").encode()))

    def answer(self, status: int, kind: str, data: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def talkative(target: str) -> Iterator[type[TalkativeServer]]:
    class Server(TalkativeServer):
        bodies: ClassVar[list[bytes]] = []

    Server.target = target
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server) as server:
        Server.port = server.server_port  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield Server
        finally:
            server.shutdown()
            thread.join()


def where_found(data: bytes) -> list[str]:
    return [canary for canary in CANARIES if canary.encode() in data]


def files_below(folder: Path) -> Iterator[tuple[Path, bytes]]:
    """Yield files with their bytes, but for git's objects and files, which are the repository's own."""
    for path in folder.rglob("*"):
        inside = path.relative_to(folder).parts
        if path.is_file() and not path.is_symlink() and "objects" not in inside and "work" not in inside:
            yield path, path.read_bytes()


async def test_a_canary_appears_nowhere(tmp_path: Path) -> None:
    plan = file_plan(3)
    shown = plan.subtasks[0]
    shown = shown.model_copy(update={"writes": (*shown.writes, ".env")})  # what it is to change is in its first prompt
    plan = plan.model_copy(update={"subtasks": (shown, *plan.subtasks[1:])})
    repository = make_repository(
        tmp_path / "repository", {"README.md": "A project.\n", ".env": f"OPENAI_API_KEY={IN_REPOSITORY}\n"}
    )
    (tmp_path / "plan.json").write_text(as_json(plan))
    config = tmp_path / "config.toml"
    home = tmp_path / "home"
    scenario = file_scenario(
        plan,
        Answer(
            subtask="*",
            steps=[
                step("read_file", path=".env"),
                step("shell", command=LOOK),
                step("search", pattern="CANARY"),
                step("write_file", path="{file}", content="done\n"),
                step("finish", summary="Wrote {file}; the key is THE-KEY."),
            ],
        ),
    )
    said = b""
    async with SimulatedEndpoint(scenario) as simulated:
        with talkative(simulated.base_url) as server:
            url = f"http://127.0.0.1:{server.port}/v1"  # type: ignore[attr-defined]
            config.write_text(f'base_url = "{url}"\nmodel = "m"\napi_key = "{KEY}"\n')
            config.chmod(0o600)
            variables = environment(home, SWARM_CONFIG=str(config), DEPLOY_TOKEN=IN_ENVIRONMENT, SWARM_DEBUG="1")

            def swarm(*arguments: str) -> "subprocess.Popen[bytes]":
                return subprocess.Popen(
                    swarm_command(*arguments), env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
                )

            common = ("--sandbox", "none", "--display", "plain")
            goal = f"Write the files. My token is {IN_ENVIRONMENT}."
            check = ("--check", "cat .env; cat f*.txt")
            first = swarm("run", goal, "--repo", str(repository), "--plan", str(tmp_path / "plan.json"), *check,
                          "--run-id", "r", "--json", *common)  # fmt: skip
            collected = asyncio.get_running_loop().run_in_executor(None, first.stdout.read)  # type: ignore[union-attr]
            await asyncio.to_thread(
                kill_after_events, cast("subprocess.Popen[str]", first), home / "runs" / "r" / "journal.db", 20
            )
            first.kill()
            said += await collected
            for path, data in files_below(home):
                assert where_found(data) == [], path
            arguments: tuple[str, ...]
            for arguments in (
                ("resume", "r", "--json", *common),
                ("report", "r"),
                ("events", "r", "--json"),
                ("story", "r", "s0"),
                ("export", "r", "-o", str(tmp_path / "r.tar")),
            ):
                process = swarm(*arguments)
                output, _ = await asyncio.to_thread(process.communicate)
                assert process.returncode == 0, output.decode()
                said += output
            bodies = list(server.bodies)
    assert server.calls > 10
    assert any(b"OPENAI_API_KEY=[redacted]" in body for body in bodies), "the canary was never in reach"
    assert where_found(said) == []
    for body in bodies:
        assert where_found(body) == []
    with JournalReader(home / "runs" / "r" / "journal.db") as reader:
        events = [json.dumps(event) for event in reader.raw()]
    assert where_found("\n".join(events).encode()) == []
    assert any("the key is [redacted]" in event for event in events)
    for path, data in files_below(home):
        assert where_found(data) == [], path
    with tarfile.open(tmp_path / "r.tar") as archive:
        archive.extractall(tmp_path / "exported", filter="data")
    for path, data in files_below(tmp_path / "exported"):
        assert path.suffix in {".pack", ".bundle"} or where_found(data) == [], path


async def test_a_refused_key_is_not_repeated(tmp_path: Path) -> None:
    class Refusing(TalkativeServer):
        bodies: ClassVar[list[bytes]] = []

        def do_POST(self) -> None:
            said = json.dumps({"error": {"message": f"Incorrect API key provided: {self.headers['Authorization']}"}})
            self.answer(401, "application/json", said.encode())

    repository = make_repository(tmp_path / "repository")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Refusing) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            variables = environment(tmp_path / "home", OPENAI_API_KEY=KEY, SWARM_DEBUG="1")
            result = subprocess.run(
                swarm_command("run", "x", "--repo", str(repository), "--sandbox", "none", "--model", "m",
                              "--base-url", f"http://127.0.0.1:{server.server_port}/v1"),
                env=variables, capture_output=True, check=False, timeout=60,
            )  # fmt: skip
        finally:
            server.shutdown()
            thread.join()
    assert result.returncode == 3, result.stderr
    assert where_found(result.stdout + result.stderr) == []
    for path, data in files_below(tmp_path / "home"):
        assert where_found(data) == [], path


@pytest.mark.parametrize("split", range(1, len(KEY)))
def test_a_spooled_reply_holds_no_key_however_it_is_cut(split: int, tmp_path: Path) -> None:
    know([KEY])
    with ReplySpool(tmp_path).call("a@1", 1, "digest") as call:
        call.begin()
        call.write(b"before ")
        call.write(KEY[:split].encode())
        call.write(KEY[split:].encode() + b" after")
        (file,) = tmp_path.iterdir()
        assert file.read_bytes().partition(b"\n")[2] == b"before " + b"*" * len(KEY) + b" after"
