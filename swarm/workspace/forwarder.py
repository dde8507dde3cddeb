"""Offers a proxy's socket as a port of the sandbox's loopback: ``python forwarder.py SOCKET PORT COMMAND...``.

Started inside the sandbox, it listens, leaves the passing on to a child, and becomes the command, which therefore finds
the port open. The child ends with the sandbox. Uses nothing but the standard library.
"""

import os
import selectors
import socket
import sys
import threading

_CHUNK = 64 * 1024
_BACKLOG = 64


def _pass_on(near: socket.socket, path: str) -> None:
    with near, socket.socket(socket.AF_UNIX) as far:
        try:
            far.connect(path)
            _relay(near, far)
        except OSError:
            return


def _relay(near: socket.socket, far: socket.socket) -> None:
    others = {near: far, far: near}
    with selectors.DefaultSelector() as selector:
        for each in others:
            selector.register(each, selectors.EVENT_READ)
        while selector.get_map():
            for key, _ in selector.select():
                one = near if key.fileobj is near else far
                data = one.recv(_CHUNK)
                if data:
                    others[one].sendall(data)
                else:
                    selector.unregister(one)
                    others[one].shutdown(socket.SHUT_WR)


def main(path: str, port: int, command: list[str]) -> None:
    """Listen, pass on in a child, and become the command."""
    listening = socket.create_server(("127.0.0.1", port), backlog=_BACKLOG)
    if os.fork():
        listening.close()
        os.execv(command[0], command)  # noqa: S606
    null = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(null, number)
    while True:
        near, _ = listening.accept()
        threading.Thread(target=_pass_on, args=(near, path), daemon=True).start()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3:])
