"""Starts real model servers for the tests here; they run only when the mark ``endpoints`` is asked for."""

import os
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pytest

from tests.endpoints_real.install_servers import HERE, is_installed, model_file, python_of, tiny_model

START_S = 600
LITELLM_KEY = "sk-local-test-0123456789"
MODEL = os.environ.get("SWARM_REAL_MODEL", "qwen0.5b")


@dataclass(frozen=True)
class RealServer:
    """A running server: its address, the model to ask for, and the key that it wants."""

    name: str
    base_url: str
    model: str
    key: str = ""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if "endpoints" in str(config.getoption("markexpr")):
        return
    skip = pytest.mark.skip(reason="real model servers are tested by `make test-endpoints`")
    for item in items:
        if item.get_closest_marker("endpoints"):
            item.add_marker(skip)


@pytest.fixture(scope="session")
def llama() -> Iterator[RealServer]:
    with serving_llama(MODEL) as server:
        yield server


@pytest.fixture(scope="session")
def litellm(llama: RealServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    with serving_litellm(llama, tmp_path_factory.mktemp("litellm")) as server:
        yield server


@contextmanager
def serving_llama(model: str) -> Iterator[RealServer]:
    needs("llama.cpp")
    if not model_file(model).exists():
        pytest.skip(f"the model {model} is not there; `make test-endpoints` fetches it")
    port = free_port()
    words = [HERE / "serve_llama.py", "--model", model_file(model), "--port", port, "--alias", "coder",
             "--template", HERE / "tools_template.jinja"]  # fmt: skip
    with running(python_of("llama.cpp"), *words, health=f"http://127.0.0.1:{port}/health"):
        yield RealServer("llama.cpp", f"http://127.0.0.1:{port}/v1", "coder")


@contextmanager
def serving_litellm(llama: RealServer, folder: Path) -> Iterator[RealServer]:
    """Run LiteLLM's proxy in front of another server."""
    needs("litellm")
    port = free_port()
    config = folder / "config.yaml"
    config.write_text(
        f"""model_list:
  - model_name: behind
    litellm_params: {{model: openai/{llama.model}, api_base: {llama.base_url}, api_key: none}}
general_settings: {{master_key: {LITELLM_KEY}}}
litellm_settings: {{telemetry: false, num_retries: 0}}
"""
    )
    program = python_of("litellm").with_name("litellm")
    words = ["--config", config, "--host", "127.0.0.1", "--port", port, "--telemetry", "False"]
    environment = {"LITELLM_LOCAL_MODEL_COST_MAP": "True"}
    with running(program, *words, health=f"http://127.0.0.1:{port}/health/liveliness", environment=environment):
        yield RealServer("litellm", f"http://127.0.0.1:{port}/v1", "behind", LITELLM_KEY)


@pytest.fixture(scope="session")
def transformers() -> Iterator[RealServer]:
    needs("transformers")
    port = free_port()
    program = python_of("transformers").with_name("transformers")
    words = ["serve", "--host", "127.0.0.1", "--port", port, "--device", "cpu", tiny_model()]
    environment = {"HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
    with running(program, *words, health=f"http://127.0.0.1:{port}/health", environment=environment):
        yield RealServer("transformers", f"http://127.0.0.1:{port}/v1", str(tiny_model()))


def needs(server: str) -> None:
    if not is_installed(server):
        pytest.skip(f"{server} is not installed; `make test-endpoints` installs it")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(program: Path, *words: object, health: str, environment: dict[str, str] | None = None) -> Iterator[None]:
    """Run a server until the block ends, from when its health address answers."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR", "LANG") if name in os.environ}
    with (
        tempfile.TemporaryFile() as log,
        subprocess.Popen(
            [str(program), *map(str, words)], env=kept | (environment or {}), stdout=log, stderr=subprocess.STDOUT
        ) as process,
    ):
        try:
            wait_until_healthy(process, health, log)
            yield
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def wait_until_healthy(process: subprocess.Popen[bytes], health: str, log: IO[bytes]) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            log.seek(0)
            pytest.fail(
                f"the server ended with code {process.returncode}: {log.read()[-2_000:].decode(errors='replace')}"
            )
        try:
            with urllib.request.urlopen(health, timeout=2):
                return
        except OSError:
            time.sleep(0.3)
    raise AssertionError(f"the server did not become healthy within {START_S} s")
