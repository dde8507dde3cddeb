"""Starts processes in a way that costs little and leaves nothing half done when its caller is cancelled."""

import asyncio
import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from swarm.workspace.namespace_thread import NamespaceThread


def start_command(
    command: Sequence[str],
    *,
    cwd: Path,
    environment: Mapping[str, str],
    stdin: int = subprocess.DEVNULL,
    stdout: int,
    stderr: int,
    pass_fds: Sequence[int] = (),
    thread: NamespaceThread | None = None,
) -> tuple[int, "asyncio.Future[int]"]:
    """Start a program in a session of its own, its input and outputs where they are told.

    It is started with `vfork`, whatever event loop there is: uvloop's own way copies the page tables of a large
    process. No thread waits for it, and there is no moment in which a cancelled caller does not know of it.

    Args:
        command: the program and its arguments.
        cwd: the folder that it starts in.
        environment: its whole environment.
        stdin: descriptor that it reads, or none; likewise ``stdout`` and ``stderr``, that it writes to.
        pass_fds: file descriptors that it inherits besides.
        thread: starts it, in its namespace and as its user; this thread does without.

    Returns:
        Its process id, and what becomes its exit code.

    Raises:
        OSError: the program could not be started.
        ValueError: an argument holds a NUL character.
    """

    def start() -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            command,
            cwd=cwd,
            env=environment,
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            start_new_session=True,
            pass_fds=pass_fds,
        )

    process = thread.start(start) if thread else start()
    return process.pid, _end_of(process)


def _end_of(process: "subprocess.Popen[bytes]") -> "asyncio.Future[int]":
    loop = asyncio.get_running_loop()
    try:
        descriptor = os.pidfd_open(process.pid)
    except (OSError, AttributeError):  # a kernel without them
        return asyncio.ensure_future(asyncio.to_thread(process.wait))
    ended = loop.create_future()

    def take_in() -> None:
        loop.remove_reader(descriptor)
        os.close(descriptor)
        code = process.wait()
        if not ended.done():
            ended.set_result(code)

    loop.add_reader(descriptor, take_in)
    return ended


@contextmanager
def memory_file(content: bytes) -> Iterator[int]:
    """Give a descriptor from which a process reads this content: all of it is there, so nobody has to feed a pipe."""
    with _new_file() as descriptor:
        with os.fdopen(descriptor, "wb", closefd=False) as file:
            file.write(content)
        os.lseek(descriptor, 0, os.SEEK_SET)
        yield descriptor


@contextmanager
def _new_file() -> Iterator[int]:
    if not hasattr(os, "memfd_create"):
        with tempfile.TemporaryFile() as file:
            yield file.fileno()
        return
    descriptor = os.memfd_create("swarm")
    try:
        yield descriptor
    finally:
        os.close(descriptor)
