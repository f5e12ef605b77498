"""A relay before a real server, at which a test can act in the midst of a request."""

from __future__ import annotations

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal, Self

import httpx

When = Literal["before", "after"]
_NOT_RELAYED = {"connection", "content-encoding", "content-length", "host", "transfer-encoding"}


class GateServer:
    """Relays to `target`, but for the first request whose path has `part` in it.

    That one calls `spring` before or after it took effect, and is never answered.
    """

    def __init__(self, target: str, part: str, when: When, spring: Callable[[], None]) -> None:
        self._part = part
        self._when = when
        self._spring = spring
        self.sprung = False
        self._client = httpx.Client(base_url=target, timeout=30)
        gate = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                gate._pass(self)

            do_POST = do_GET

            def log_message(self, *_: Any) -> None:
                """Tests print what matters."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def _pass(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers.get("content-length", 0)))
        is_the_one = not self.sprung and self._part in handler.path
        self.sprung |= is_the_one
        handler.close_connection = True
        if is_the_one and self._when == "before":
            self._spring()
            return
        headers = {k: v for k, v in handler.headers.items() if k.lower() not in _NOT_RELAYED}
        answer = self._client.request(handler.command, handler.path, headers=headers, content=body)
        if is_the_one:
            self._spring()
            return
        handler.send_response(answer.status_code)
        for name, value in answer.headers.items():
            if name.lower() not in _NOT_RELAYED:
                handler.send_header(name, value)
        handler.send_header("content-length", str(len(answer.content)))
        handler.end_headers()
        handler.wfile.write(answer.content)

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._client.close()
