"""Serves a model file through llama.cpp's own HTTP server. Runs in the environment of `llama.cpp`.

Prints READY once it serves; stops on SIGTERM.
"""

import argparse
import os
import signal
import threading
from pathlib import Path

import xllamacpp


def serve(model: Path, port: int, alias: str, template: Path, *, slots: int, context: int) -> None:
    """Serve until a signal comes. ``context`` is shared by the slots."""
    settings = xllamacpp.CommonParams()
    settings.model.path = str(model)
    settings.hostnames = ["127.0.0.1"] if isinstance(settings.hostnames, list | tuple) else "127.0.0.1"
    settings.port = port
    settings.n_ctx = context
    settings.n_parallel = slots
    settings.n_threads_http = 16
    settings.cpuparams.n_threads = settings.cpuparams_batch.n_threads = 1
    settings.use_jinja = settings.endpoint_slots = settings.endpoint_metrics = settings.cont_batching = (
        settings.cache_prompt
    ) = True
    settings.ui = False
    settings.offline = True
    settings.verbosity = 0
    settings.model_alias = {alias}
    settings.chat_template = template.read_text(encoding="utf-8")
    server = xllamacpp.Server(settings)
    print(f"READY {server.listening_address}", flush=True)
    stopped = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    stopped.wait()
    os._exit(0)


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    for name, kind in (("model", Path), ("port", int), ("alias", str), ("template", Path)):
        options.add_argument(f"--{name}", type=kind, required=True)
    options.add_argument("--slots", type=int, default=2)
    options.add_argument("--context", type=int, default=8_192)
    serve(**vars(options.parse_args()))
