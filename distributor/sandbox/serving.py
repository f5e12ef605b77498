"""A small threaded HTTP server that can misbehave on request, down to the socket."""

from __future__ import annotations

import contextlib
import datetime as dt
import gzip
import http
import json
import os
import re
import socket
import socketserver
import struct
import sys
import threading
import time
import urllib.parse
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from .faults import FaultQueue, Rule
from .messages import BadArgument, Refusal, Request, Response

Handler = Callable[..., Response]
Route = tuple[str, str, Handler]

_MOST_BYTES = 64 * 1024 * 1024  # of a request's body
_KEPT_REQUESTS = 10_000
_NOT_LOGGED = {"authorization", "cookie"}


@dataclass(slots=True)
class LoggedRequest:
    """One request as the server met it; `status` is None while (or when) unanswered."""

    method: str
    path: str  # with its query
    body: str
    headers: dict[str, str]
    at: str  # ISO 8601
    monotonic: float  # seconds
    fault: str | None = None
    status: int | None = None
    took: float | None = None  # seconds from the request to the answer


class SandboxServer:
    """One HTTP server on loopback: routes, a log of requests, and faults.

    Use as a context manager, or `start` and `stop`. Port 0 takes a free one;
    `url` and `port` are known once it is made. Raises OSError when the port is taken.
    """

    private_bodies: tuple[str, ...] = ()
    """Paths whose bodies carry secrets and are not logged."""

    def __init__(self, host: str = "127.0.0.1", port: int = 0) -> None:
        self.faults = FaultQueue()
        self.lock = threading.RLock()
        self.stopping = threading.Event()
        self._log: deque[LoggedRequest] = deque(maxlen=_KEPT_REQUESTS)
        self._late: list[threading.Thread] = []
        self._resets = 0
        self._routes = [(m, _compiled(path), handler) for m, path, handler in self.routes()]
        self._http = _Listener((host, port), self)
        self.port: int = self._http.server_address[1]
        self.url = f"http://{host}:{self.port}"
        self._thread = threading.Thread(
            target=self._http.serve_forever, daemon=True, name=f"sandbox:{self.port}"
        )

    def routes(self) -> list[Route]:
        """Method, path template and handler; a handler takes the request and the path's names."""
        return [
            ("GET", "/sandbox/requests", self._show_requests),
            ("GET", "/sandbox/faults", self._show_faults),
            ("POST", "/sandbox/faults", self._add_faults),
            ("POST", "/sandbox/reset", self._reset),
        ]

    def reset(self) -> None:
        """Forget faults, requests, what is still to happen, and in networks the posts."""
        with self.lock:
            self._resets += 1
            self.faults.clear()
            self._log.clear()

    def error(self, status: int, rule: Rule) -> Response:
        """How this network words an error of that status."""
        return Response.json({"error": http.HTTPStatus(status).phrase}, status)

    def bad_argument(self, bad: BadArgument) -> Response:
        """How this network words an argument it cannot read."""
        return self.error(400, Rule(match="*", do="status"))

    @property
    def requests(self) -> list[LoggedRequest]:
        """What was asked so far, oldest first, without the sandbox's own pages."""
        with self.lock:
            return list(self._log)

    def start(self) -> Self:
        """Begin to answer."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Close the port and every connection; late effects that are still due never happen."""
        self.stopping.set()
        if self._thread.ident is not None:
            self._http.stop_serving()
            self._thread.join()
        self._http.close_connections()
        self._http.server_close()
        self.wait_for_late()

    def wait_for_late(self, timeout: float = 10.0) -> None:
        """Wait until the effects that a `late` fault postponed have happened."""
        for thread in self._late:
            thread.join(timeout)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def answer(self, request: Request) -> Response:
        """Do what the request asks."""
        allowed = False
        path = request.path.rstrip("/") or "/"
        for method, pattern, handler in self._routes:
            if (match := pattern.fullmatch(path)) is None:
                continue
            if method != ("GET" if request.method == "HEAD" else request.method):
                allowed = True
                continue
            names = {n: urllib.parse.unquote(text) for n, text in match.groupdict().items()}
            try:
                with self.lock:
                    return handler(request, **names)
            except Refusal as refusal:
                return refusal.response
            except BadArgument as bad:
                return self.bad_argument(bad)
        return self.error(405 if allowed else 404, Rule(match="*", do="status"))

    def later(self, request: Request, seconds: float) -> None:
        """Do what the request asks, but only after a while, and not after a reset."""
        resets = self._resets

        def act() -> None:
            if self.stopping.wait(seconds):
                return
            with self.lock:
                if resets == self._resets:
                    self.answer(request)

        thread = threading.Thread(target=act, daemon=True, name="sandbox:late")
        self._late.append(thread)
        thread.start()

    def log(self, request: Request, target: str) -> LoggedRequest:
        """Remember a request."""
        private = request.path.startswith(self.private_bodies) if self.private_bodies else False
        entry = LoggedRequest(
            request.method,
            target,
            "" if private else request.body.decode(errors="replace"),
            {name: text for name, text in request.headers.items() if name not in _NOT_LOGGED},
            dt.datetime.now(dt.UTC).isoformat(),
            time.monotonic(),
        )
        if not request.path.startswith("/sandbox/"):
            with self.lock:
                self._log.append(entry)
        return entry

    def _show_requests(self, request: Request) -> Response:
        return Response.json([asdict(entry) for entry in self.requests])

    def _show_faults(self, request: Request) -> Response:
        return Response.json(self.faults.pending())

    def _add_faults(self, request: Request) -> Response:
        return add_faults(self.faults, request)

    def _reset(self, request: Request) -> Response:
        self.reset()
        return Response(204)


def add_faults(queue: FaultQueue, request: Request) -> Response:
    """Add the rule or rules of a request's JSON body to a queue."""
    try:
        value = request.json()
        for rule in value if isinstance(value, list) else [value]:
            queue.add(rule)
    except ValueError as error:  # msgspec.ValidationError is one
        raise Refusal(Response.json({"error": str(error)}, 400)) from None
    return Response.json(queue.pending(), 201)


def _compiled(template: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", template))


class _Listener(ThreadingHTTPServer):
    """The listening socket; keeps its connections so that `stop` can close them."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], owner: SandboxServer) -> None:
        self.owner = owner
        self._open: set[socket.socket] = set()
        super().__init__(address, _Connection)

    def server_bind(self) -> None:
        socketserver.TCPServer.server_bind(self)  # HTTPServer would ask DNS for its own name

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def stop_serving(self) -> None:
        """Leave `serve_forever` at once: its poll wakes when the socket is shut down."""
        asking = threading.Thread(target=self.shutdown)
        asking.start()
        with contextlib.suppress(OSError):  # where it cannot be, the poll takes half a second
            self.socket.shutdown(socket.SHUT_RDWR)
        asking.join()

    def close_connections(self) -> None:
        for connection in list(self._open):
            with contextlib.suppress(OSError):  # its own thread was faster
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), OSError):  # a client that went away is no error
            super().handle_error(request, client_address)


class _Connection(BaseHTTPRequestHandler):
    """One connection: reads requests, applies faults, answers."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 120
    server: _Listener

    def log_message(self, format: str, *args: object) -> None:
        """Stay quiet: the log is in memory."""

    def _serve(self) -> None:
        owner = self.server.owner
        try:
            request = self._read()
        except Refusal as refusal:
            self.close_connection = True
            self._send(refusal.response)
            return
        entry = owner.log(request, self.path)
        inside = request.path.startswith("/sandbox/")
        rule = None if inside else owner.faults.take(request.method, self.path)
        entry.fault = rule.do if rule else None
        response = self._misbehave(rule, request) if rule else owner.answer(request)
        if response is None:
            self.close_connection = True
            return
        entry.status, entry.took = response.status, time.monotonic() - entry.monotonic
        self._send(response, half=rule is not None and rule.do == "truncate")

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = _serve

    def _read(self) -> Request:
        if "transfer-encoding" in self.headers:
            raise Refusal(Response(411))
        length = int(self.headers.get("content-length") or 0)
        if length > _MOST_BYTES:
            raise Refusal(Response(413))
        path, _, query = self.path.partition("?")
        return Request(
            self.command,
            path,
            tuple(urllib.parse.parse_qsl(query, keep_blank_values=True)),
            {name.lower(): text for name, text in self.headers.items()},
            self.rfile.read(length),
        )

    def _misbehave(self, rule: Rule, request: Request) -> Response | None:
        """Carry out a fault; None when the connection closes without an answer."""
        owner = self.server.owner
        match rule.do:
            case "status":
                return _status(owner, rule, rule.code or 503)
            case "html":
                return _proxy_page(rule)
            case "redirect":
                return Response(301, headers={"Location": rule.location})
            case "late":
                owner.later(request, rule.seconds)
                return _status(owner, rule, rule.code) if rule.code else None
            case "delay":
                owner.stopping.wait(rule.seconds)
                return owner.answer(request)
            case "never":
                owner.stopping.wait(rule.seconds)
                return None
            case "drop_before":
                return None
        return self._act_then_misbehave(rule, owner.answer(request))

    def _act_then_misbehave(self, rule: Rule, done: Response) -> Response | None:
        match rule.do:
            case "500_after":
                return _status(self.server.owner, rule, rule.code or 500)
            case "gzip_bomb":
                packed = gzip.compress(b" " * (16 * 1024 * 1024))
                return Response(done.status, packed, {**done.headers, "Content-Encoding": "gzip"})
            case "truncate":
                return done
            case "reset_after":
                self._reset()
        return None

    def _reset(self) -> None:
        """Close with RST instead of FIN: no lingering, and no shutdown before the close."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(self.connection.detach())

    def _send(self, response: Response, *, half: bool = False) -> None:
        body = response.body
        lines = [f"HTTP/1.1 {response.status} {http.HTTPStatus(response.status).phrase}"]
        lines += [f"{name}: {text}" for name, text in response.headers.items()]
        lines += [f"Date: {self.date_time_string()}", f"Content-Length: {len(body)}"]
        if half or self.close_connection:
            self.close_connection = True
            lines.append("Connection: close")
        if half:
            body = body[: len(body) // 2]
        if self.command == "HEAD":
            body = b""
        self.wfile.write("\r\n".join([*lines, "", ""]).encode("latin-1") + body)


def _proxy_page(rule: Rule) -> Response:
    """What a proxy answers in the server's place."""
    page = b"<html><head><title>Bad gateway</title></head><body>Sorry.</body></html>"
    return Response(rule.code or 502, page, {"Content-Type": "text/html", **rule.headers})


def _status(owner: SandboxServer, rule: Rule, code: int) -> Response:
    """The answer a rule asks for, in the network's own words unless it gives a body."""
    natural = owner.error(code, rule)
    if rule.body is None:
        return Response(code, natural.body, {**natural.headers, **rule.headers})
    body = rule.body.encode() if isinstance(rule.body, str) else json.dumps(rule.body).encode()
    return Response(code, body, {**natural.headers, **rule.headers})
