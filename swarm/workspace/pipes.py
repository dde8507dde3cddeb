"""A pipe that a process prints to: read by the event loop, with no task and no thread."""

import asyncio
import os
from collections.abc import Callable

_READ_SIZE = 64 * 1024


class PipeReader:
    """Hands on what arrives in a pipe of its own, until its end.

    Args:
        take: given the bytes as they come.

    Attributes:
        writing: the end to write to, for the process; -1 once it was :meth:`handed_over`.
        ended: set when nothing more will be read.

    Raises:
        OSError: there are no more descriptors.
    """

    def __init__(self, take: Callable[[bytes], None]) -> None:
        self._take = take
        self._loop = asyncio.get_running_loop()
        self.ended = asyncio.Event()
        self._reading, self.writing = os.pipe()
        os.set_blocking(self._reading, False)
        self._loop.add_reader(self._reading, self._read)

    def _read(self) -> None:
        try:
            data = os.read(self._reading, _READ_SIZE)
        except BlockingIOError:
            return
        if data:
            self._take(data)
        else:
            self.stop()

    def handed_over(self) -> None:
        """Close the end to write to: the process, if there is one, has its own, and its end is the pipe's."""
        if self.writing >= 0:
            os.close(self.writing)
            self.writing = -1

    def stop(self) -> None:
        """Read nothing more."""
        if not self.ended.is_set():
            self._loop.remove_reader(self._reading)
            self.ended.set()

    def close(self) -> None:
        """Stop reading and close the pipe. Call it once."""
        self.stop()
        self.handed_over()
        os.close(self._reading)
