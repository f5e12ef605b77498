"""A server that answers every connection with prepared bytes, piece by piece."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator, Sequence


@contextlib.contextmanager
def raw_server(pieces: Sequence[bytes], pause: float = 0.0) -> Iterator[str]:
    """The address of the server; it waits `pause` seconds before each further piece."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=_serve, args=(listening, pieces, pause), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        listening.shutdown(socket.SHUT_RDWR)  # ends accept()
    thread.join(5)


def _serve(listening: socket.socket, pieces: Sequence[bytes], pause: float) -> None:
    with contextlib.suppress(OSError):
        while True:
            connection, _ = listening.accept()
            with connection, contextlib.suppress(OSError):
                _receive(connection)
                _send(connection, pieces, pause)


def _receive(connection: socket.socket) -> None:
    """Read a whole request: what is left unread would reset the connection."""
    with connection.makefile("rb") as request:
        length = 0
        while (line := request.readline()).strip():
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        request.read(length)


def _send(connection: socket.socket, pieces: Sequence[bytes], pause: float) -> None:
    for number, piece in enumerate(pieces):
        time.sleep(pause if number else 0)
        connection.sendall(piece)
